// Space to depth, the gradient of PixelShuffle, over a batch of patches:
//
//   dst[n, (c*FACTOR + py)*FACTOR + px, y, x] = src[n, c, y*FACTOR + py, x*FACTOR + px]
//
// The batch is innermost; width is that of dst.

#ifndef FACTOR
#error "FACTOR is missing"
#endif

#include "include/lanes.h"

// Global size: (vectors of the batch shared out, positions of dst, channels of dst).
__kernel void pixel_unshuffle(SRC_TENSOR(src), DST_TENSOR(dst), const int width, const int lanes) {
  const int channel = get_global_id(2), y = get_global_id(1) / width, x = get_global_id(1) % width;
  const int py = channel / FACTOR % FACTOR, px = channel % FACTOR;
  __global const float *from = src + src_offset + channel / (FACTOR * FACTOR) * src_plane
                               + ((long)(y * FACTOR + py) * width * FACTOR + x * FACTOR + px) * src_pitch;
  __global float *to = dst + dst_offset + channel * dst_plane + (long)get_global_id(1) * dst_pitch;
  for (int lane = get_global_id(0) * LANES; lane < lanes; lane += get_global_size(0) * LANES)
    STORE_LANES(LOAD_LANES(from + lane), to + lane);
}
