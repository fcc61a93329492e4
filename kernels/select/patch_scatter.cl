// Scatters refined patches back over the frame, in place: the inverse of patch_gather without a halo.
//
//   dst[c, gy*PATCH + y, gx*PATCH + x] = src[n, c, y, x]    for n < count and real pixels of dst only,
//
// where (gy, gx) is cell indices[first + n]. src is (N, C, PATCH, PATCH) with the batch innermost, dst a frame.

#ifndef PATCH
#error "PATCH is missing"
#endif

#include "include/lanes.h"

// Global size: (patches shared out in vectors, PATCH rows, C).
__kernel void patch_scatter(SRC_TENSOR(src), __global const int *restrict indices, const long indices_offset,
                            DST_TENSOR(dst), const int height, const int width, const int first, const int count) {
  const int grid_width = (width + PATCH - 1) / PATCH;
  const int y = get_global_id(1), c = get_global_id(2);
  __global const float *from = src + src_offset + c * src_plane + (long)y * PATCH * src_pitch;
  for (int n0 = get_global_id(0) * LANES; n0 < count; n0 += get_global_size(0) * LANES) {
    for (int n = n0; n < min(n0 + LANES, count); n++) {
      const int cell = indices[indices_offset + first + n];
      const int row = cell / grid_width * PATCH + y, left = cell % grid_width * PATCH;
      if (row >= height) continue;
      __global float *to = dst + dst_offset + c * dst_plane + (long)row * dst_pitch + left;
      for (int x = 0; x < min(PATCH, width - left); x++) to[x] = from[(long)x * src_pitch + n];
    }
  }
}
