// Sums in a fixed order, so that they never vary between runs: of the lanes of a vector, of the work-items of a group.

#ifndef ITEMS
#define ITEMS 1  // work-items of a group that share a sum, a power of two
#endif

// Halves are added to halves: a few instructions, where a loop over the lanes takes sixteen that wait for each other.
INLINE float sum_lanes(const real_v v) {
#if LANES == 16
  const float8 eight = v.lo + v.hi;
  const float4 four = eight.lo + eight.hi;
  const float2 two = four.lo + four.hi;
  return two.x + two.y;
#elif LANES == 8
  const float4 four = v.lo + v.hi;
  const float2 two = four.lo + four.hi;
  return two.x + two.y;
#elif LANES == 4
  const float2 two = v.lo + v.hi;
  return two.x + two.y;
#elif LANES == 2
  return v.x + v.y;
#else
  return v;
#endif
}

// The sum of all items of the group, in a fixed order, for item 0 alone; others get their own. part is the group's.
INLINE float sum_items(__local float *part, const float sum) {
#if ITEMS > 1
  const int item = get_local_id(0);
  part[item] = sum;
  for (int half_way = ITEMS / 2; half_way > 0; half_way /= 2) {
    barrier(CLK_LOCAL_MEM_FENCE);
    if (item < half_way) part[item] += part[item + half_way];
  }
  return item == 0 ? part[0] : sum;
#else
  return sum;
#endif
}
