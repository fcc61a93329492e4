// The most that a device computes: CHAINS independent chains of multiply-adds in each work-item's registers, no memory.
//
//   sum = a * sum + b, rounds times; with a below 1 it stays small

#include "include/lanes.h"

#ifndef CHAINS
#error "CHAINS is missing"
#endif

// Global size: (items, 1, 1). dst holds LANES elements an item, so that nothing can be left out.
__kernel void multiply_adds(__global float *dst, const int rounds, const float a, const float b) {
  real_v sum[CHAINS];
#pragma unroll
  for (int c = 0; c < CHAINS; c++) sum[c] = (real_v)(b * (get_global_id(0) + c));
  for (int i = 0; i < rounds; i++)
#pragma unroll
    for (int c = 0; c < CHAINS; c++) sum[c] = MULTIPLY_ADD(sum[c], (real_v)(a), (real_v)(b));
  real_v total = sum[0];
#pragma unroll
  for (int c = 1; c < CHAINS; c++) total += sum[c];
  STORE_LANES(total, dst + get_global_id(0) * LANES);
}
