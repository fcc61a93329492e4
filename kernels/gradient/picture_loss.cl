// Mean error of a batch of patches, |e| of each element's e = src - target, or e^2 where SQUARED is defined, and its gradient:
//
//   picture_loss            partials[span, c] = scale * sum_{n, y, x} |e[n, c, y, x]|, or e^2
//   picture_loss_gradient   dst = scale * sign(e), zero where they are equal, or scale * 2 e
//
// with scale = the loss's weight over the number of elements. All tensors are (N, C, height, width), the batch innermost;
// spans are those of include/partial_sums.h, of the vectors at every position, neighbours in the batch first.

#include "include/lanes.h"
#include "include/partial_sums.h"

#ifdef SQUARED
#define ERROR(e) (e * e)
#define SLOPE(e) (2.0f * e)
#else
#define ERROR(e) fabs(e)
#define SLOPE(e) sign(e)
#endif

// Local size: (ITEMS, 1, 1), a power of two. Groups: (1, channels, SPANS).
__kernel __attribute__((reqd_work_group_size(ITEMS, 1, 1)))
void picture_loss(SRC_TENSOR(src), SRC_TENSOR(target), __global float *restrict partials, const long partials_offset,
                  const int positions, const int lanes, const float scale) {
  __local float part[ITEMS];
  const int c = get_group_id(1), span = get_group_id(2);
  const int vectors = VECTORS(lanes), end = SPAN_BEGIN(span + 1, vectors * positions);
  src += src_offset + c * src_plane;
  target += target_offset + c * target_plane;
  real_v sum = 0.0f;
  for (int unit = SPAN_BEGIN(span, vectors * positions) + get_local_id(0); unit < end; unit += ITEMS) {
    const int lane = unit % vectors * LANES, count = lanes - lane;
    const long position = unit / vectors;
    const real_v e =
        load_counted(src + position * src_pitch + lane, count) - load_counted(target + position * target_pitch + lane, count);
    sum += ERROR(e);
  }
  const float all = sum_items(part, sum_lanes(sum));
  if (get_local_id(0) == 0) partials[partials_offset + (long)span * get_num_groups(1) + c] = scale * all;
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
