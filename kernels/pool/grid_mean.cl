// Mean over the cells of the patch grid: dst[c, gy, gx] = mean of src[c, y, x] over the CELL x CELL pixels of cell (gy, gx).
// A partial cell at the right or bottom border averages its real pixels only.
// src is (C, height, width), dst is (C, ceil(height/CELL), ceil(width/CELL)), both frames.

#ifndef CELL
#error "CELL is missing"
#endif

#include "include/lanes.h"

// Global size: (cells of a row shared out, rows of cells, channels).
__kernel void grid_mean(SRC_TENSOR(src), DST_TENSOR(dst), const int height, const int width, const int first_row) {
  const int channel = get_global_id(2);
  const int gy = first_row + get_global_id(1);
  const int bottom = min(height, (gy + 1) * CELL);
  __global stored_t *to = dst + dst_offset + channel * dst_plane + (long)gy * dst_pitch;
  for (int gx = get_global_id(0); gx * CELL < width; gx += get_global_size(0)) {
    const int right = min(width, (gx + 1) * CELL);
    float sum = 0.0f;
    for (int y = gy * CELL; y < bottom; y++) {
      __global const stored_t *row = src + src_offset + channel * src_plane + (long)y * src_pitch;
      for (int x = gx * CELL; x < right; x++) sum += LOAD(row + x);
    }
    STORE(sum / (float)((bottom - gy * CELL) * (right - gx * CELL)), to + gx);
  }
}
