// The most that a device moves: dst = src, VECTORS vectors of LANES an item, one after another.

#include "include/lanes.h"

#ifndef VECTORS
#error "VECTORS is missing"
#endif

// Global size: (elements / (VECTORS * LANES), 1, 1).
__kernel void copy_floats(__global const float *restrict src, __global float *restrict dst) {
  const long from = (long)get_global_id(0) * (VECTORS * LANES);
  for (int v = 0; v < VECTORS; v++) STORE_LANES(LOAD_LANES(src + from + v * LANES), dst + from + v * LANES);
}
