// Two tensors element by element: dst = a + b, or with MULTIPLY a * b. With BROADCAST b has one pixel a channel, which meets
// every pixel of a. Layouts in include/lanes.h; with BROADCAST a row of lanes is the batch at one position.

#include "include/lanes.h"

#if defined(MULTIPLY)
#define COMBINE(x, y) ((x) * (y))
#else
#define COMBINE(x, y) ((x) + (y))
#endif

// Global size: (vectors of a row of lanes shared out, rows, channels).
__kernel void combine(SRC_TENSOR(a), SRC_TENSOR(b), DST_TENSOR(dst), const int lanes) {
  const int channel = get_global_id(2);
  const long row = get_global_id(1);
#ifdef BROADCAST
  const long b_row = 0;
#else
  const long b_row = row;
#endif
  __global const stored_t *left = a + a_offset + channel * a_plane + row * a_pitch;
  __global const stored_t *right = b + b_offset + channel * b_plane + b_row * b_pitch;
  __global stored_t *to = dst + dst_offset + channel * dst_plane + row * dst_pitch;
  for (int i = get_global_id(0) * LANES; i < lanes; i += get_global_size(0) * LANES)
    STORE_LANES(COMBINE(LOAD_LANES(left + i), LOAD_LANES(right + i)), to + i);
}
