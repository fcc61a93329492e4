// Mean error of a batch of patches, |e| of each element's e = src - target, or e^2 where SQUARED is defined, and its gradient:
//
//   picture_loss            partials[span, c] = scale * sum_{n, y, x} |e[n, c, y, x]|, or e^2
//   picture_loss_gradient   dst = scale * sign(e), zero where they are equal, or scale * 2 e
//
// with scale = the loss's weight over the number of elements. All tensors are (N, C, height, width), the batch innermost;
// spans are those of include/partial_sums.h.

#ifndef SPANS
#define SPANS 1
#endif

#include "include/lanes.h"
#include "include/partial_sums.h"

#ifdef SQUARED
#define ERROR(e) (e * e)
#define SLOPE(e) (2.0f * e)
#else
#define ERROR(e) fabs(e)
#define SLOPE(e) sign(e)
#endif

// Global size: (channels shared out, 1, SPANS).
__kernel void picture_loss(SRC_TENSOR(src), SRC_TENSOR(target), __global float *restrict partials,
                           const long partials_offset, const int channels, const int rows, const int positions, const int lanes,
                           const float scale) {
  const int span = get_global_id(2);
  const int units = VECTORS(lanes) * rows, end = SPAN_BEGIN(span + 1, units);
  for (int c = get_global_id(0); c < channels; c += get_global_size(0)) {
    real_v sum = 0.0f;
    for (int unit = SPAN_BEGIN(span, units); unit < end; unit++) {
      const long first = (long)(unit % rows) * positions;
      const int lane = unit / rows * LANES, count = lanes - lane;
      __global const float *a = src + src_offset + c * src_plane + first * src_pitch + lane;
      __global const float *b = target + target_offset + c * target_plane + first * target_pitch + lane;
      for (int i = 0; i < positions; i++) {
        const real_v e = load_counted(a + (long)i * src_pitch, count) - load_counted(b + (long)i * target_pitch, count);
        sum += ERROR(e);
      }
    }
    partials[partials_offset + (long)span * channels + c] = scale * sum_lanes(sum);
  }
}

// Global size: (vectors of the batch shared out, positions, channels).
__kernel void picture_loss_gradient(SRC_TENSOR(src), SRC_TENSOR(target), DST_TENSOR(dst), const int lanes,
                                    const float scale) {
  const int channel = get_global_id(2);
  const long row = get_global_id(1);
  __global const float *a = src + src_offset + channel * src_plane + row * src_pitch;
  __global const float *b = target + target_offset + channel * target_plane + row * target_pitch;
  __global float *to = dst + dst_offset + channel * dst_plane + row * dst_pitch;
  for (int i = get_global_id(0) * LANES; i < lanes; i += get_global_size(0) * LANES) {
    const real_v e = LOAD_LANES(a + i) - LOAD_LANES(b + i);
    STORE_LANES(scale * SLOPE(e), to + i);
  }
}
