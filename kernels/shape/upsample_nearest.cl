// Nearest upsampling: dst[c, y, x] = src[c, y / SCALE, x / SCALE], divisions rounding down.
// src is (C, height, width), dst is (C, height*SCALE, width*SCALE); for patches the batch is the innermost axis.

#ifndef SCALE
#error "SCALE is missing"
#endif

#include "include/lanes.h"

// Global size: (elements of a src row, or vectors of the batch, shared out; rows of dst; channels).
__kernel void upsample_nearest(SRC_TENSOR(src), DST_TENSOR(dst), const int width, const int lanes, const int first_row) {
  const int channel = get_global_id(2);
  const int row = first_row + get_global_id(1);
  __global stored_t *to = dst + dst_offset + channel * dst_plane + (long)row * dst_pitch;
#ifdef LANES_ALONG_BATCH
  const int y = row / (width * SCALE) / SCALE, x = row % (width * SCALE) / SCALE;
  __global const stored_t *from = src + src_offset + channel * src_plane + (long)(y * width + x) * src_pitch;
  for (int i = get_global_id(0) * LANES; i < lanes; i += get_global_size(0) * LANES)
    STORE_LANES(LOAD_LANES(from + i), to + i);
#else
  __global const stored_t *from = src + src_offset + channel * src_plane + (long)(row / SCALE) * src_pitch;
  for (int i = get_global_id(0); i < width; i += get_global_size(0)) {
    const float value = LOAD(from + i);
#pragma unroll
    for (int s = 0; s < SCALE; s++) STORE(value, to + i * SCALE + s);
  }
#endif
}
