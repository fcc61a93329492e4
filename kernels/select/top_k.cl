// Exact top-K of the error mask: the raster indices of the K largest cells, ascending; ties go to the lowest index.
//
// Radix select: four passes over 8 bits each find the K-th largest key, a histogram a pass; then every work-item counts its
// own stretch of cells, the counts are summed up, and each item writes its winners in raster order. One work-group of
// GROUP items does it all, so no read-back and no second launch: tens of thousands of cells take well under a millisecond.
// src is a (1, height, width) frame, dst a list of K int32 with 1 <= K <= height*width. A NaN, which has no rank, raises
// bit 0 of status.

#ifndef GROUP
#error "GROUP is missing"
#endif

#include "include/lanes.h"

#define DIGITS 256

// Maps floats to unsigned keys of the same order; -0 equals +0, NaN alone is 0 and comes last.
INLINE uint ordered_key(const float value) {
  const uint bits = as_uint(value + 0.0f);
  if (isnan(value)) return 0u;
  return (bits & 0x80000000u) ? ~bits : bits | 0x80000000u;
}

INLINE uint key_at(__global const stored_t *src, const int pitch, const int width, const int cell) {
  return ordered_key(LOAD(src + (long)(cell / width) * pitch + cell % width));
}

// Global size: GROUP.
__kernel __attribute__((reqd_work_group_size(GROUP, 1, 1))) void top_k(
    SRC_TENSOR(src), __global int *restrict dst, const long dst_offset, __global int *restrict status, const int height,
    const int width, const int k) {
  __local uint histogram[DIGITS];
  __local int greater[GROUP], equal[GROUP];
  __local uint prefix;
  __local int remaining;
  const int item = get_local_id(0), cells = height * width;
  src += src_offset;
  dst += dst_offset;
  if (item == 0) {
    prefix = 0;
    remaining = k;
  }
  uint known = 0;  // bits of the threshold found so far
  for (int shift = 24; shift >= 0; shift -= 8) {
    for (int d = item; d < DIGITS; d += GROUP) histogram[d] = 0;
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int i = item; i < cells; i += GROUP) {
      const uint key = key_at(src, src_pitch, width, i);
      if ((key & known) == prefix) atomic_inc(&histogram[(key >> shift) & (DIGITS - 1)]);
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    if (item == 0) {
      int digit = DIGITS - 1;
      while ((int)histogram[digit] < remaining) remaining -= histogram[digit--];
      prefix |= (uint)digit << shift;
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    known |= (uint)(DIGITS - 1) << shift;
  }

  // remaining is now how many cells equal to the threshold are taken; the lowest indices first.
  const uint threshold = prefix;
  const int stretch = (cells + GROUP - 1) / GROUP;
  const int first = min(cells, item * stretch), last = min(cells, first + stretch);
  int mine_greater = 0, mine_equal = 0, bad = 0;
  for (int i = first; i < last; i++) {
    const uint key = key_at(src, src_pitch, width, i);
    mine_greater += key > threshold;
    mine_equal += key == threshold;
    bad |= key == 0u;
  }
  if (bad) atomic_or(status, 1);
  greater[item] = mine_greater;
  equal[item] = mine_equal;
  barrier(CLK_LOCAL_MEM_FENCE);
  if (item == 0) {
    int before_greater = 0, before_equal = 0;
    for (int i = 0; i < GROUP; i++) {
      const int g = greater[i], e = equal[i];
      greater[i] = before_greater;
      equal[i] = before_equal;
      before_greater += g;
      before_equal += e;
    }
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  int ties = equal[item], at = greater[item] + min(ties, remaining);
  for (int i = first; i < last; i++) {
    const uint key = key_at(src, src_pitch, width, i);
    const int tie = key == threshold;
    if (key > threshold || (tie && ties < remaining)) dst[at++] = i;
    ties += tie;
  }
}

// The list 0, 1, 2, ...: every cell, for the variant that refines them all. Global size: (shared out, 1, 1).
__kernel void all_cells(__global int *restrict dst, const long dst_offset, const int cells) {
  for (int i = get_global_id(0); i < cells; i += get_global_size(0)) dst[dst_offset + i] = i;
}
