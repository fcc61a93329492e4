// Bilinear resize to any size, as PyTorch's interpolate(mode='bilinear', align_corners=False):
//
//   position(y) = max(0, (y + 1/2) * height_in / height - 1/2), and likewise for x;
//   dst[c, y, x] = mean of the four src pixels around it, weighted by their distances.
//
// src is (C, height_in, width_in), dst is (C, height, width); for patches the batch is the innermost axis.

#include "include/lanes.h"

#include "include/bilinear.h"

// Global size: (elements of a dst row, or vectors of the batch, shared out; rows of dst; channels).
__kernel void upsample_bilinear(SRC_TENSOR(src), DST_TENSOR(dst), const int height_in, const int width_in,
                                const int height, const int width, const int lanes, const int first_row) {
  const int channel = get_global_id(2);
  const int row = first_row + get_global_id(1);
  __global const stored_t *plane = src + src_offset + channel * src_plane;
  __global stored_t *to = dst + dst_offset + channel * dst_plane + (long)row * dst_pitch;
#ifdef LANES_ALONG_BATCH
  const neighbours_t y = neighbours_of(row / width, height_in, height);
  const neighbours_t x = neighbours_of(row % width, width_in, width);
  for (int i = get_global_id(0) * LANES; i < lanes; i += get_global_size(0) * LANES) {
    __global const stored_t *from = plane + i;
    const real_v a = LOAD_LANES(from + (long)(y.first * width_in + x.first) * src_pitch);
    const real_v b = LOAD_LANES(from + (long)(y.first * width_in + x.second) * src_pitch);
    const real_v c = LOAD_LANES(from + (long)(y.second * width_in + x.first) * src_pitch);
    const real_v d = LOAD_LANES(from + (long)(y.second * width_in + x.second) * src_pitch);
    STORE_LANES(mix(mix(a, b, x.share), mix(c, d, x.share), y.share), to + i);
  }
#else
  const neighbours_t y = neighbours_of(row, height_in, height);
  __global const stored_t *upper = plane + (long)y.first * src_pitch, *lower = plane + (long)y.second * src_pitch;
  for (int i = get_global_id(0); i < width; i += get_global_size(0)) {
    const neighbours_t x = neighbours_of(i, width_in, width);
    const float above = mix(LOAD(upper + x.first), LOAD(upper + x.second), x.share);
    const float below = mix(LOAD(lower + x.first), LOAD(lower + x.second), x.share);
    STORE(mix(above, below, y.share), to + i);
  }
#endif
}
