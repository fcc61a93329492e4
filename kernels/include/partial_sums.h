// Sums over a whole batch of patches, which work-items share as spans: of all the vectors of LANES patches and their rows of
// pixels, (vectors, rows) in this order, span s of SPANS takes an equal share. Every span stores a partial sum;
// gradient/sum_partials.cl adds them up in a fixed order, so that a sum never varies between runs.

#ifndef SPANS
#error "SPANS is missing"
#endif

#define SPAN_BEGIN(span, units) ((int)((long)(units) * (span) / SPANS))
#define VECTORS(lanes) (((lanes) + LANES - 1) / LANES)

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

// The vector at p, lanes from count on as zeros: what lies behind the last patch may be a NaN.
INLINE real_v load_counted(__global const float *p, const int count) {
  return count >= LANES ? LOAD_LANES(p) : load_lanes_padded(p, 0, count);
}
