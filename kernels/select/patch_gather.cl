// Gathers the chosen patches of a frame, each with its halo, into one packed batch.
//
//   dst[n, c, y, x] = src[c, gy*PATCH - HALO + y, gx*PATCH - HALO + x], zero outside the frame,
//
// where (gy, gx) is cell indices[first + n] of the patch grid. src is a (C, height, width) frame, dst is
// (N, C, PATCH + 2*HALO, PATCH + 2*HALO) with the batch innermost. Beyond count the last patch is repeated.

#if !defined(PATCH) || !defined(HALO)
#error "PATCH and HALO are needed"
#endif

#include "include/lanes.h"

#define SIZE (PATCH + 2 * HALO)

// Global size: (vectors of the batch shared out, 1, C).
__kernel void patch_gather(SRC_TENSOR(src), __global const int *restrict indices, const long indices_offset,
                           DST_TENSOR(dst), const int height, const int width, const int first, const int count,
                           const int batch) {
  const int grid_width = (width + PATCH - 1) / PATCH;
  const int c = get_global_id(2);
  for (int n = get_global_id(0) * LANES; n < batch; n += get_global_size(0) * LANES) {
    int top[LANES], left[LANES];
    for (int l = 0; l < LANES; l++) {
      const int cell = indices[indices_offset + first + min(n + l, count - 1)];
      top[l] = cell / grid_width * PATCH - HALO;
      left[l] = cell % grid_width * PATCH - HALO;
    }
    for (int y = 0; y < SIZE; y++) {
      __global stored_t *to = dst + dst_offset + c * dst_plane + (long)y * SIZE * dst_pitch + n;
      for (int l = 0; l < LANES; l++) {
        const int row = top[l] + y;
        const int inside = row >= 0 && row < height;
        __global const stored_t *from = src + src_offset + c * src_plane + (long)(inside ? row : 0) * src_pitch;
        for (int x = 0; x < SIZE; x++) {
          const int column = left[l] + x;
          const float value = inside && column >= 0 && column < width ? LOAD(from + column) : 0.0f;
          STORE(value, to + (long)x * dst_pitch + l);
        }
      }
    }
  }
}
