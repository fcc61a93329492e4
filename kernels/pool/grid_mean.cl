// Mean over the cells of the patch grid: dst[c, gy, gx] = mean of src[c, y, x] over the PATCH x PATCH pixels of cell (gy, gx).
// A partial cell at the right or bottom border averages its real pixels only.
// src is (C, height, width), dst is (C, ceil(height/PATCH), ceil(width/PATCH)), both frames.

#ifndef PATCH
#error "PATCH is missing"
#endif

#include "include/lanes.h"

// Global size: (cells of a row shared out, rows of cells, channels).
__kernel void grid_mean(SRC_TENSOR(src), DST_TENSOR(dst), const int height, const int width, const int first_row) {
  const int channel = get_global_id(2);
  const int gy = first_row + get_global_id(1);
  const int bottom = min(height, (gy + 1) * PATCH);
  __global stored_t *to = dst + dst_offset + channel * dst_plane + (long)gy * dst_pitch;
  for (int gx = get_global_id(0); gx * PATCH < width; gx += get_global_size(0)) {
    const int right = min(width, (gx + 1) * PATCH);
    float sum = 0.0f;
    for (int y = gy * PATCH; y < bottom; y++) {
      __global const stored_t *row = src + src_offset + channel * src_plane + (long)y * src_pitch;
      for (int x = gx * PATCH; x < right; x++) sum += LOAD(row + x);
    }
    STORE(sum / (float)((bottom - gy * PATCH) * (right - gx * PATCH)), to + gx);
  }
}
