// All patches of every image of a batch, each with its halo, and the adjoint, which adds them up where they overlap:
//
//   patch_split   dst[cell*N + n, c, y, x] = src[n, c, gy*PATCH - HALO + y, gx*PATCH - HALO + x], zero outside,
//   patch_merge   dst[n, c, y, x] = sum of the src elements that patch_split takes from there,
//
// with cell = gy * (width/PATCH) + gx. The images are (N, C, height, width), height and width multiples of PATCH, the patches
// (cells*N, C, SIZE, SIZE) with SIZE = PATCH + 2*HALO; the batch is innermost in both, so both copy runs of N elements.

#if !defined(PATCH) || !defined(HALO)
#error "PATCH and HALO are needed"
#endif

#include "include/lanes.h"

#define SIZE (PATCH + 2 * HALO)

// Global size: (cells shared out, positions of a patch, C).
__kernel void patch_split(SRC_TENSOR(src), DST_TENSOR(dst), const int height, const int width, const int batch) {
  const int c = get_global_id(2), y = get_global_id(1) / SIZE, x = get_global_id(1) % SIZE;
  const int grid_width = width / PATCH, cells = grid_width * (height / PATCH);
  __global float *to = dst + dst_offset + c * dst_plane + get_global_id(1) * dst_pitch;
  for (int cell = get_global_id(0); cell < cells; cell += get_global_size(0)) {
    const int row = cell / grid_width * PATCH - HALO + y, column = cell % grid_width * PATCH - HALO + x;
    const int inside = row >= 0 && row < height && column >= 0 && column < width;
    __global const float *from = src + src_offset + c * src_plane + (long)(inside ? row * width + column : 0) * src_pitch;
    for (int n = 0; n < batch; n++) to[(long)cell * batch + n] = inside ? from[n] : 0.0f;
  }
}

// Global size: (columns shared out, height, C).
__kernel void patch_merge(SRC_TENSOR(src), DST_TENSOR(dst), const int height, const int width, const int batch) {
  const int c = get_global_id(2), row = get_global_id(1);
  const int grid_width = width / PATCH, grid_height = height / PATCH;
  const int gy_first = max(0, (row - PATCH - HALO) / PATCH + (row >= PATCH + HALO));
  const int gy_last = min(grid_height - 1, (row + HALO) / PATCH);
  for (int column = get_global_id(0); column < width; column += get_global_size(0)) {
    const int gx_first = max(0, (column - PATCH - HALO) / PATCH + (column >= PATCH + HALO));
    const int gx_last = min(grid_width - 1, (column + HALO) / PATCH);
    __global float *to = dst + dst_offset + c * dst_plane + (long)(row * width + column) * dst_pitch;
    for (int n = 0; n < batch; n++) {
      float sum = 0.0f;
      for (int gy = gy_first; gy <= gy_last; gy++)
        for (int gx = gx_first; gx <= gx_last; gx++) {
          const int position = (row - gy * PATCH + HALO) * SIZE + column - gx * PATCH + HALO;
          sum += src[src_offset + c * src_plane + (long)position * src_pitch + (long)(gy * grid_width + gx) * batch + n];
        }
      to[n] = sum;
    }
  }
}
