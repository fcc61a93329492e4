// Pointwise activation of a tensor: dst[c, y, x] = act(src[c, y, x]), for the places where no convolution fuses it.
// src and dst are (CHANNELS, rows of lanes); layouts in include/lanes.h.

#include "include/lanes.h"
#include "include/activation.h"

// Global size: (vectors of a row shared out, rows, channels).
__kernel void activation(SRC_TENSOR(src), __global const float *restrict slopes, DST_TENSOR(dst), const int lanes,
                         const int first_row) {
  const int channel = get_global_id(2);
  const long row = first_row + get_global_id(1);
  __global const stored_t *from = src + src_offset + channel * src_plane + row * src_pitch;
  __global stored_t *to = dst + dst_offset + channel * dst_plane + row * dst_pitch;
  for (int i = get_global_id(0) * LANES; i < lanes; i += get_global_size(0) * LANES)
    STORE_LANES(activate(LOAD_LANES(from + i), slopes, channel), to + i);
}
