// Mean of every channel: dst[c] = sum_{y, x} src[c, y, x] / (height * width).
//
// src is (C, height, width), dst is (C, 1, 1). Sums run in fp32 whatever the tensors hold, first along a row, then over
// rows, then over the work-items of the one group that has the channel: a fixed order, so the result never varies. The
// sum over rows is compensated (Kahan 1965), since its terms are large: without that, 541 rows of 1000 lose 4e-6.

#ifndef GROUP
#error "GROUP, a power of two, is missing"
#endif

#include "include/lanes.h"

INLINE float sum_lanes(const real_v v) {
#if LANES == 1
  return v;
#else
  float lane[LANES];
  STORE_FLOATS(v, lane);
  float sum = 0.0f;
  for (int l = 0; l < LANES; l++) sum += lane[l];
  return sum;
#endif
}

// Of a frame. Global size: (GROUP, C).
__kernel __attribute__((reqd_work_group_size(GROUP, 1, 1))) void global_average(SRC_TENSOR(src), DST_TENSOR(dst),
                                                                                const int height, const int width) {
  __local float sums[GROUP];
  const int item = get_local_id(0);
  const int channel = get_global_id(1);
  real_v sum = 0.0f, lost = 0.0f;
  for (int y = 0; y < height; y++) {
    __global const stored_t *row = src + src_offset + channel * src_plane + (long)y * src_pitch;
    real_v row_sum = 0.0f;
    int x = item * LANES;
    for (; x + LANES <= width; x += GROUP * LANES) row_sum += LOAD_LANES(row + x);
    if (x < width) row_sum += load_lanes_padded(row, x, width);
    const real_v term = row_sum - lost, next = sum + term;
    lost = (next - sum) - term;
    sum = next;
  }
  sums[item] = sum_lanes(sum);
  for (int half_group = GROUP / 2; half_group > 0; half_group /= 2) {
    barrier(CLK_LOCAL_MEM_FENCE);
    if (item < half_group) sums[item] += sums[item + half_group];
  }
  if (item == 0) STORE(sums[0] / ((float)height * (float)width), dst + dst_offset + channel * dst_plane);
}

// Of each patch of a batch, the batch innermost. Global size: (vectors of the batch shared out, 1, C).
__kernel void global_average_patches(SRC_TENSOR(src), DST_TENSOR(dst), const int positions, const int lanes) {
  const int channel = get_global_id(2);
  __global const stored_t *from = src + src_offset + channel * src_plane;
  __global stored_t *to = dst + dst_offset + channel * dst_plane;
  for (int i = get_global_id(0) * LANES; i < lanes; i += get_global_size(0) * LANES) {
    real_v sum = 0.0f;
    for (int position = 0; position < positions; position++) sum += LOAD_LANES(from + (long)position * src_pitch + i);
    STORE_LANES(sum / (float)positions, to + i);
  }
}
