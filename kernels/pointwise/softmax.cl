// One channel of the softmax over channels: dst[0, y, x] = exp(src[KEEP, y, x]) / sum_c exp(src[c, y, x]).
// src is (CHANNELS, H, W), dst is (1, H, W), both frames. The largest value is subtracted first, so nothing overflows.

#if !defined(CHANNELS) || !defined(KEEP)
#error "CHANNELS and KEEP are needed"
#endif

#include "include/lanes.h"

// Global size: (vectors of a row shared out, rows, 1).
__kernel void softmax(SRC_TENSOR(src), DST_TENSOR(dst), const int width, const int first_row) {
  const long y = first_row + get_global_id(1);
  __global const stored_t *from = src + src_offset + y * src_pitch;
  for (int x = get_global_id(0) * LANES; x < width; x += get_global_size(0) * LANES) {
    real_v largest = LOAD_LANES(from + x);
    for (int c = 1; c < CHANNELS; c++) largest = fmax(largest, LOAD_LANES(from + c * src_plane + x));
    real_v sum = 0.0f;
    for (int c = 0; c < CHANNELS; c++) sum += exp(LOAD_LANES(from + c * src_plane + x) - largest);
    STORE_LANES(exp(LOAD_LANES(from + KEEP * src_plane + x) - largest) / sum, dst + dst_offset + y * dst_pitch + x);
  }
}
