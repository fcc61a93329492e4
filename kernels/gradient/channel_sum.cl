// Sums over every channel of a batch of patches, the gradients of what a channel shares: of a bias, partials[span, c] = sum
// of grad[n, c, y, x]; with SLOPES of PReLU's slope, sum of grad[n, c, y, x] * min(src[n, c, y, x], 0).
// grad and src are (N, C, height, width), the batch innermost; spans are those of include/partial_sums.h, of the
// vectors at every position, neighbours in the batch first.

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

// Local size: (ITEMS, 1, 1), a power of two. Groups: (1, channels, SPANS). src is grad itself where there are no slopes.
__kernel __attribute__((reqd_work_group_size(ITEMS, 1, 1)))
void channel_sum(SRC_TENSOR(grad), SRC_TENSOR(src), __global float *restrict partials, const long partials_offset,
                 const int positions, const int lanes) {
  __local float part[ITEMS];
  const int c = get_group_id(1), span = get_group_id(2);
  const int vectors = VECTORS(lanes), end = SPAN_BEGIN(span + 1, vectors * positions);
  grad += grad_offset + c * grad_plane;
  src += src_offset + c * src_plane;
  real_v sum = 0.0f;
  for (int unit = SPAN_BEGIN(span, vectors * positions) + get_local_id(0); unit < end; unit += ITEMS) {
    const int lane = unit % vectors * LANES;
    const long position = unit / vectors;
    sum += term(grad + position * grad_pitch + lane, src + position * src_pitch + lane, lanes - lane);
  }
  const float all = sum_items(part, sum_lanes(sum));
  if (get_local_id(0) == 0) partials[partials_offset + (long)span * get_num_groups(1) + c] = all;
}
