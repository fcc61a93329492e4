// A frame at another size, top left kept: dst[c, y, x] = src[c, min(y, height_in - 1), min(x, width_in - 1)].
// A larger dst repeats the last row and column, a smaller one crops. src is (C, height_in, width_in), dst (C, height, width).

#include "include/lanes.h"

// Global size: (elements of a dst row shared out, rows of dst, channels).
__kernel void extend_edges(SRC_TENSOR(src), DST_TENSOR(dst), const int height_in, const int width_in, const int width,
                           const int first_row) {
  const int y = first_row + get_global_id(1);
  __global const stored_t *from =
      src + src_offset + get_global_id(2) * src_plane + (long)min(y, height_in - 1) * src_pitch;
  __global stored_t *to = dst + dst_offset + get_global_id(2) * dst_plane + (long)y * dst_pitch;
  for (int x = get_global_id(0); x < width; x += get_global_size(0)) STORE(LOAD(from + min(x, width_in - 1)), to + x);
}
