// One source of a concatenation along channels, copied to its channels of dst: dst[first + c, y, x] = src[c, y, x], where
// dst_offset already points at channel first. Only for sources that the memory plan could not place there.
// src and dst are (CHANNELS, rows of lanes); layouts in include/lanes.h.

#include "include/lanes.h"

// Global size: (vectors of a row shared out, rows, channels of src).
__kernel void concat_channels(SRC_TENSOR(src), DST_TENSOR(dst), const int lanes) {
  const long row = get_global_id(1);
  __global const float *from = src + src_offset + get_global_id(2) * src_plane + row * src_pitch;
  __global float *to = dst + dst_offset + get_global_id(2) * dst_plane + row * dst_pitch;
  for (int i = get_global_id(0) * LANES; i < lanes; i += get_global_size(0) * LANES)
    STORE_LANES(LOAD_LANES(from + i), to + i);
}
