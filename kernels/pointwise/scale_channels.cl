// Channels scaled by one factor each, and a residual: dst[c, y, x] = residual[c, y, x] + src[c, y, x] * scales[c].
// src, residual and dst are (C, H, W), scales is (C, 1, 1); for patches each patch has scales of its own, and the batch
// is the innermost axis. dst may be src.

#include "include/lanes.h"

// Global size: (vectors of a row shared out, rows, channels).
__kernel void scale_channels(__global const stored_t *src, const long src_offset, const int src_pitch, const long src_plane,
                             SRC_TENSOR(scales), SRC_TENSOR(residual), __global stored_t *dst, const long dst_offset,
                             const int dst_pitch, const long dst_plane, const int lanes, const int first_row) {
  const int channel = get_global_id(2);
  const long row = first_row + get_global_id(1);
  __global const stored_t *from = src + src_offset + channel * src_plane + row * src_pitch;
  __global const stored_t *scale = scales + scales_offset + channel * scales_plane;
  __global const stored_t *add = residual + residual_offset + channel * residual_plane + row * residual_pitch;
  __global stored_t *to = dst + dst_offset + channel * dst_plane + row * dst_pitch;
  for (int i = get_global_id(0) * LANES; i < lanes; i += get_global_size(0) * LANES) {
#ifdef LANES_ALONG_BATCH
    const real_v factor = LOAD_LANES(scale + i);
#else
    const real_v factor = LOAD(scale);
#endif
    STORE_LANES(MULTIPLY_ADD(LOAD_LANES(from + i), factor, LOAD_LANES(add + i)), to + i);
  }
}
