// Sums over every channel of a batch of patches, the gradients of what a channel shares: of a bias, partials[span, c] = sum
// of grad[n, c, y, x]; with SLOPES of PReLU's slope, sum of grad[n, c, y, x] * min(src[n, c, y, x], 0).
// grad and src are (N, C, height, width), the batch innermost; spans are those of include/partial_sums.h, a row of pixels
// being all height*width positions' share: rows is height, positions the pixels of one.

#ifndef SLOPES
#define SLOPES 0
#endif

#include "include/lanes.h"
#include "include/partial_sums.h"

INLINE real_v term(__global const float *grad, __global const float *src, const int count) {
#if SLOPES
  const real_v x = load_counted(src, count);
  return x > (real_v)(0.0f) ? (real_v)(0.0f) : load_counted(grad, count) * x;
#else
  return load_counted(grad, count);
#endif
}

// Global size: (channels shared out, 1, SPANS). src is grad itself where there are no slopes.
__kernel void channel_sum(SRC_TENSOR(grad), SRC_TENSOR(src), __global float *restrict partials, const long partials_offset,
                          const int channels, const int rows, const int positions, const int lanes) {
  const int span = get_global_id(2);
  const int units = VECTORS(lanes) * rows, end = SPAN_BEGIN(span + 1, units);
  for (int c = get_global_id(0); c < channels; c += get_global_size(0)) {
    real_v sum = 0.0f;
    for (int unit = SPAN_BEGIN(span, units); unit < end; unit++) {
      const long first = (long)(unit % rows) * positions;
      const int lane = unit / rows * LANES, count = lanes - lane;
      __global const float *g = grad + grad_offset + c * grad_plane + first * grad_pitch + lane;
      __global const float *x = src + src_offset + c * src_plane + first * src_pitch + lane;
      for (int i = 0; i < positions; i++) sum += term(g + (long)i * grad_pitch, x + (long)i * src_pitch, count);
    }
    partials[partials_offset + (long)span * channels + c] = sum_lanes(sum);
  }
}
