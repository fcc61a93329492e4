// PixelShuffle (depth to space): dst[c, y*FACTOR + py, x*FACTOR + px] = src[(c*FACTOR + py)*FACTOR + px, y, x].
// src is (C*FACTOR*FACTOR, H, W), dst is (C, H*FACTOR, W*FACTOR); for patches the batch is the innermost axis.

#ifndef FACTOR
#error "FACTOR is missing"
#endif

#include "include/lanes.h"

// Global size: (elements of a row shared out, rows of dst, channels of dst).
__kernel void pixel_shuffle(SRC_TENSOR(src), DST_TENSOR(dst), const int width, const int lanes, const int first_row) {
  const int channel = get_global_id(2);
  const int row = first_row + get_global_id(1);
#ifdef LANES_ALONG_BATCH
  const int y = row / (width * FACTOR), x = row % (width * FACTOR);
  const int from_channel = (channel * FACTOR + y % FACTOR) * FACTOR + x % FACTOR;
  __global const stored_t *from = src + src_offset + from_channel * src_plane
                               + (long)(y / FACTOR * width + x / FACTOR) * src_pitch;
  __global stored_t *to = dst + dst_offset + channel * dst_plane + (long)row * dst_pitch;
  for (int i = get_global_id(0); i < lanes; i += get_global_size(0)) STORE(LOAD(from + i), to + i);
#else
  __global const stored_t *from = src + src_offset + (channel * FACTOR + row % FACTOR) * FACTOR * src_plane
                               + (long)(row / FACTOR) * src_pitch;
  __global stored_t *to = dst + dst_offset + channel * dst_plane + (long)row * dst_pitch;
  for (int i = get_global_id(0); i < width; i += get_global_size(0))
#pragma unroll
    for (int px = 0; px < FACTOR; px++) STORE(LOAD(from + px * src_plane + i), to + i * FACTOR + px);
#endif
}
