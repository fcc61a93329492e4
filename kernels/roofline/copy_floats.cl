// The most that a device moves: dst = src, VECTORS vectors of LANES an item, neighbouring items' side by side.

#include "include/lanes.h"

#ifndef VECTORS
#error "VECTORS is missing"
#endif

// Global size: (elements / (VECTORS * LANES), 1, 1).
__kernel void copy_floats(__global const real_v *restrict src, __global real_v *restrict dst) {
  const long first = get_group_id(0) * get_local_size(0) * VECTORS + get_local_id(0);
  for (int v = 0; v < VECTORS; v++) dst[first + v * get_local_size(0)] = src[first + v * get_local_size(0)];
}
