// Position-wise dynamic convolution of the mask (paper section 3.2; docs/networks.md section 3): every cell makes its own
// FILTER x FILTER filter from its value, and filters the neighbourhood with it.
//
//   dst[y, x] = sum_{dy, dx} (weights[dy, dx] * src[y, x] + bias[dy, dx]) * src[y + dy - FILTER/2, x + dx - FILTER/2]
//
// with zeros outside. src and dst are (1, height, width) frames; weights and bias have FILTER * FILTER values.

#ifndef FILTER
#error "FILTER is missing"
#endif

#include "include/lanes.h"

// Global size: (vectors of a row of cells shared out, rows, 1).
__kernel void positionwise_conv(SRC_TENSOR(src), __global const float *restrict weights,
                                __global const float *restrict bias, DST_TENSOR(dst), const int height,
                                const int width, const int first_row) {
  const int y = first_row + get_global_id(1);
  const int top = y - FILTER / 2;
  __global const stored_t *from = src + src_offset + (long)y * src_pitch;
  for (int x = get_global_id(0) * LANES; x < width; x += get_global_size(0) * LANES) {
    const real_v centre = LOAD_LANES(from + x);
    real_v sum = 0.0f;
    for (int dy = max(0, -top); dy < min(FILTER, height - top); dy++) {
      __global const stored_t *row = src + src_offset + (long)(top + dy) * src_pitch;
      for (int dx = 0; dx < FILTER; dx++) {
        const real_v filter = MULTIPLY_ADD((real_v)(weights[dy * FILTER + dx]), centre, (real_v)(bias[dy * FILTER + dx]));
        sum = MULTIPLY_ADD(filter, load_lanes_padded(row, x - FILTER / 2 + dx, width), sum);
      }
    }
    STORE_LANES(sum, dst + dst_offset + (long)y * dst_pitch + x);
  }
}
