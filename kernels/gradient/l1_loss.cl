// Mean absolute error of a batch of patches, and its gradient:
//
//   l1_loss       partials[span, c] = scale * sum_{n, y, x} |src[n, c, y, x] - target[n, c, y, x]|
//   l1_gradient   dst = scale * sign(src - target), zero where they are equal
//
// with scale = the loss's weight over the number of elements. All tensors are (N, C, height, width), the batch innermost;
// spans are those of include/partial_sums.h.

#ifndef SPANS
#define SPANS 1
#endif

#include "include/lanes.h"
#include "include/partial_sums.h"

// Global size: (channels shared out, 1, SPANS).
__kernel void l1_loss(SRC_TENSOR(src), SRC_TENSOR(target), __global float *restrict partials, const long partials_offset,
                      const int channels, const int rows, const int positions, const int lanes, const float scale) {
  const int span = get_global_id(2);
  const int units = VECTORS(lanes) * rows, end = SPAN_BEGIN(span + 1, units);
  for (int c = get_global_id(0); c < channels; c += get_global_size(0)) {
    real_v sum = 0.0f;
    for (int unit = SPAN_BEGIN(span, units); unit < end; unit++) {
      const long first = (long)(unit % rows) * positions;
      const int lane = unit / rows * LANES, count = lanes - lane;
      __global const float *a = src + src_offset + c * src_plane + first * src_pitch + lane;
      __global const float *b = target + target_offset + c * target_plane + first * target_pitch + lane;
      for (int i = 0; i < positions; i++)
        sum += fabs(load_counted(a + (long)i * src_pitch, count) - load_counted(b + (long)i * target_pitch, count));
    }
    partials[partials_offset + (long)span * channels + c] = scale * sum_lanes(sum);
  }
}

// Global size: (vectors of the batch shared out, positions, channels).
__kernel void l1_gradient(SRC_TENSOR(src), SRC_TENSOR(target), DST_TENSOR(dst), const int lanes, const float scale) {
  const int channel = get_global_id(2);
  const long row = get_global_id(1);
  __global const float *a = src + src_offset + channel * src_plane + row * src_pitch;
  __global const float *b = target + target_offset + channel * target_plane + row * target_pitch;
  __global float *to = dst + dst_offset + channel * dst_plane + row * dst_pitch;
  for (int i = get_global_id(0) * LANES; i < lanes; i += get_global_size(0) * LANES)
    STORE_LANES(scale * sign(LOAD_LANES(a + i) - LOAD_LANES(b + i)), to + i);
}
