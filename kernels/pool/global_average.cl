// Mean of every channel: dst[c] = sum_{y, x} src[c, y, x] / (height * width).
//
// src is (C, height, width), dst is (C, 1, 1). Sums run in fp32 whatever the tensors hold, first along a row, then over
// rows, then over the work-items of a group, then over slices of rows: a fixed order, so the result never varies. The
// sums over rows and slices are compensated (Kahan 1965), since their terms are large: without that, 541 rows of 1000 lose 4e-6.

#include "include/lanes.h"
#include "include/sums.h"

// Of a frame, first the sums of equal shares of the rows, slices is (C, slices): with one group a channel instead RCAN spent
// 19 % of its time here on an NVIDIA H200. Global size: (ITEMS, C, slices).
__kernel __attribute__((reqd_work_group_size(ITEMS, 1, 1))) void global_average_slices(
    SRC_TENSOR(src), __global float *restrict slices, const long slices_offset, const int height, const int width) {
  __local float part[ITEMS];
  const int item = get_local_id(0);
  const int channel = get_global_id(1), slice = get_global_id(2), count = get_global_size(2);
  const int end = (long)height * (slice + 1) / count;
  real_v sum = 0.0f, lost = 0.0f;
  for (int y = (long)height * slice / count; y < end; y++) {
    __global const stored_t *row = src + src_offset + channel * src_plane + (long)y * src_pitch;
    real_v row_sum = 0.0f;
    int x = item * LANES;
    for (; x + LANES <= width; x += ITEMS * LANES) row_sum += LOAD_LANES(row + x);
    if (x < width) row_sum += load_lanes_padded(row, x, width);
    const real_v term = row_sum - lost, next = sum + term;
    lost = (next - sum) - term;
    sum = next;
  }
  const float all = sum_items(part, sum_lanes(sum));
  if (item == 0) slices[slices_offset + channel * count + slice] = all;
}

// Of a frame, then the mean. Global size: (C shared out, 1, 1).
__kernel void global_average(__global const float *restrict slices, const long slices_offset, DST_TENSOR(dst),
                             const int channels, const int count, const int height, const int width) {
  for (int channel = get_global_id(0); channel < channels; channel += get_global_size(0)) {
    float sum = 0.0f, lost = 0.0f;
    for (int slice = 0; slice < count; slice++) {
      const float term = slices[slices_offset + channel * count + slice] - lost, next = sum + term;
      lost = (next - sum) - term;
      sum = next;
    }
    STORE(sum / ((float)height * (float)width), dst + dst_offset + channel * dst_plane);
  }
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
