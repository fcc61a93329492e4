// The list of cells that the host drew beforehand: src holds them as floats, dst is a list of int32.
// Global size: (shared out, 1, 1).

#include "include/lanes.h"

__kernel void listed_cells(
    __global const float *restrict src, __global int *restrict dst, const long dst_offset, const int cells) {
  for (int i = get_global_id(0); i < cells; i += get_global_size(0)) dst[dst_offset + i] = (int)src[i];
}
