// Crops of pictures to a batch of patches, shuffled apart for pictures that a network leaves as sub-pixel phases:
//
//   dst[n, (c*FACTOR + py)*FACTOR + px, y, x] = src[c, y*FACTOR + py, x*FACTOR + px, n] * scale
//
// src holds unsigned 8-bit samples, planar, the batch innermost; dst is (N, C*FACTOR*FACTOR, height, width).

#ifndef FACTOR
#error "FACTOR is missing"
#endif

#include "include/lanes.h"

// Global size: (crops shared out, height * width, channels of dst).
__kernel void crops_to_tensor(__global const uchar *restrict src, const long src_offset, DST_TENSOR(dst), const int height,
                              const int width, const int batch, const float scale) {
  const int channel = get_global_id(2), y = get_global_id(1) / width, x = get_global_id(1) % width;
  const int c = channel / (FACTOR * FACTOR), py = channel / FACTOR % FACTOR, px = channel % FACTOR;
  const long row = ((long)c * height + y) * FACTOR + py;
  __global const uchar *from = src + src_offset + ((row * width + x) * FACTOR + px) * batch;
  __global float *to = dst + dst_offset + channel * dst_plane + (long)get_global_id(1) * dst_pitch;
  for (int n = get_global_id(0); n < batch; n += get_global_size(0)) to[n] = from[n] * scale;
}
