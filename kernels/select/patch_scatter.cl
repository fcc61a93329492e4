// Scatters refined patches back over the frame, in place: the inverse of patch_gather without a halo.
//
//   dst[c, gy*PATCH + y, gx*PATCH + x] = src[n, c, y, x]    for n < count and real pixels of dst only,
//
// where (gy, gx) is cell indices[n] of the patch grid; indices ascend. src is (N, C, PATCH, PATCH) with the batch innermost, dst a
// frame.

#ifndef PATCH
#error "PATCH is missing"
#endif

#include "include/lanes.h"

// The first of count ascending indices that is not below cell.
INLINE int lower_bound(__global const int *indices, const int count, const int cell) {
  int from = 0, to = count;
  while (from < to) {
    const int middle = from + (to - from) / 2;
    if (indices[middle] < cell)
      from = middle + 1;
    else
      to = middle;
  }
  return from;
}

// Global size: (patches of a row of cells shared out, rows of cells, C); first_row is a pixel row.
__kernel void patch_scatter(SRC_TENSOR(src), __global const int *restrict indices, const long indices_offset,
                            DST_TENSOR(dst), const int height, const int width, const int count, const int first_row) {
  const int grid_width = (width + PATCH - 1) / PATCH;
  const int gy = first_row / PATCH + get_global_id(1), c = get_global_id(2);
  __global const int *cells = indices + indices_offset;
  const int first = lower_bound(cells, count, gy * grid_width), last = lower_bound(cells, count, (gy + 1) * grid_width);
  const int rows = min(PATCH, height - gy * PATCH);
  src += src_offset + c * src_plane;
  dst += dst_offset + c * dst_plane + (long)gy * PATCH * dst_pitch;
  // Patches last: neighbours in the batch share cache lines of src.
  for (int y = 0; y < rows; y++)
    for (int x = 0; x < PATCH; x++)
      for (int n = first + get_global_id(0); n < last; n += get_global_size(0)) {
        const int column = (cells[n] - gy * grid_width) * PATCH + x;
        if (column < width) STORE(LOAD(src + (long)(y * PATCH + x) * src_pitch + n), dst + (long)y * dst_pitch + column);
      }
}
