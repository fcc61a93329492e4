// Rows of lanes copied: dst[c, y, x] = src[c, y, x] for x < lanes. For sources of a concatenation that the memory plan could
// not place (dst_offset then points at their first channel), for batches of patches, and for windows of rows that slide.
// src and dst are (CHANNELS, rows of lanes); layouts in include/lanes.h.

#include "include/lanes.h"

// Global size: (vectors of a row shared out, rows, channels of src).
__kernel void copy_rows(__global const stored_t *src, const long src_offset, const int src_pitch, const long src_plane,
                        __global stored_t *dst, const long dst_offset, const int dst_pitch, const long dst_plane,
                        const int lanes, const int first_row) {
  const long row = first_row + get_global_id(1);
  __global const stored_t *from = src + src_offset + get_global_id(2) * src_plane + row * src_pitch;
  __global stored_t *to = dst + dst_offset + get_global_id(2) * dst_plane + row * dst_pitch;
  for (int i = get_global_id(0) * LANES; i < lanes; i += get_global_size(0) * LANES)
    STORE_LANES(LOAD_LANES(from + i), to + i);
}
