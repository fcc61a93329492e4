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

// One patch of one channel, batch elements dst_pitch apart; all of it lies inside the frame, so that nothing is asked for each pixel:
// 1000 patches of 12 channels take 0.6 ms instead of 1.2 (PoCL, 2 cores of Zen 4).
INLINE void copy_inside(__global const stored_t *from, const int src_pitch, __global stored_t *to, const int dst_pitch) {
  for (int y = 0; y < SIZE; y++)
#pragma unroll
    for (int x = 0; x < SIZE; x++) STORE(LOAD(from + (long)y * src_pitch + x), to + (long)(y * SIZE + x) * dst_pitch);
}

// The same of a patch from row top and column left on, zero outside.
INLINE void copy_padded(__global const stored_t *plane, const int src_pitch, const int top, const int left, const int height,
                        const int width, __global stored_t *to, const int dst_pitch) {
  for (int y = 0; y < SIZE; y++)
    for (int x = 0; x < SIZE; x++) {
      const int row = top + y, column = left + x;
      const int inside = row >= 0 && row < height && column >= 0 && column < width;
      STORE(inside ? LOAD(plane + (long)row * src_pitch + column) : 0.0f, to + (long)(y * SIZE + x) * dst_pitch);
    }
}

// Global size: (vectors of the batch shared out, 1, C).
__kernel void patch_gather(SRC_TENSOR(src), __global const int *restrict indices, const long indices_offset,
                           DST_TENSOR(dst), const int height, const int width, const int first, const int count,
                           const int batch) {
  const int grid_width = (width + PATCH - 1) / PATCH;
  const int c = get_global_id(2);
  __global const stored_t *plane = src + src_offset + c * src_plane;
  for (int n = get_global_id(0) * LANES; n < batch; n += get_global_size(0) * LANES) {
    for (int l = 0; l < LANES; l++) {
      const int cell = indices[indices_offset + first + min(n + l, count - 1)];
      const int top = cell / grid_width * PATCH - HALO, left = cell % grid_width * PATCH - HALO;
      __global stored_t *to = dst + dst_offset + c * dst_plane + n + l;
      if (top >= 0 && left >= 0 && top + SIZE <= height && left + SIZE <= width)
        copy_inside(plane + (long)top * src_pitch + left, src_pitch, to, dst_pitch);
      else
        copy_padded(plane, src_pitch, top, left, height, width, to, dst_pitch);
    }
  }
}
