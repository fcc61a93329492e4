// Gradient of a bilinear resize over a batch of patches, along one axis: every pixel collects what the pixels made of it weigh it
// with.
//
//   dst[n, c, o, p, i] = sum_q weight(q, p) * grad[n, c, o, q, i]
//
// grad has the positions (outer, size, inner), dst (outer, size_in, inner), the batch innermost: x is an axis with inner 1, y one
// whose inner is the width. One axis after the other takes a sum of tens of pixels for each, both at once one of hundreds.

#include "include/lanes.h"
#include "include/bilinear.h"

// Global size: (vectors of the batch shared out, positions of dst, channels).
__kernel void upsample_bilinear_gradient(SRC_TENSOR(grad), DST_TENSOR(dst), const int size_in, const int size,
                                         const int inner, const int lanes) {
  const int channel = get_global_id(2), row = get_global_id(1), line = row / inner;
  const int pixel = line % size_in;
  // Those beyond weigh nothing: positions a pixel or more away.
  const int begin = max(0, size * (2 * pixel - 1) / (2 * size_in) - 1);
  const int end = min(size, size * (2 * pixel + 3) / (2 * size_in) + 1);
  const long step = (long)inner * grad_pitch;
  __global const float *from =
      grad + grad_offset + channel * grad_plane + line / size_in * size * step + (long)(row % inner) * grad_pitch;
  __global float *to = dst + dst_offset + channel * dst_plane + (long)row * dst_pitch;
  for (int lane = get_global_id(0) * LANES; lane < lanes; lane += get_global_size(0) * LANES) {
    real_v sum = 0.0f;
#pragma unroll 4  // loads under way at once
    for (int q = begin; q < end; q++) sum += weight_of(pixel, q, size_in, size) * LOAD_LANES(from + q * step + lane);
    STORE_LANES(sum, to + lane);
  }
}
