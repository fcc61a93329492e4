// Sums over a whole batch of patches, which work-items share as spans: of all the vectors of LANES patches and their rows of
// pixels, (vectors, rows) in this order, span s of SPANS takes an equal share. Every span stores a partial sum;
// gradient/sum_partials.cl adds them up in a fixed order, so that a sum never varies between runs.

#ifndef SPANS
#error "SPANS is missing"
#endif

#define SPAN_BEGIN(span, units) ((int)((long)(units) * (span) / SPANS))
#define VECTORS(lanes) (((lanes) + LANES - 1) / LANES)

INLINE float sum_lanes(const real_v v) {
#if LANES == 1
  return v;
#else
  float lane[LANES];
  STORE_LANES(v, lane);
  float sum = 0.0f;
  for (int l = 0; l < LANES; l++) sum += lane[l];
  return sum;
#endif
}

// The vector at p, lanes from count on as zeros: what lies behind the last patch may be a NaN.
INLINE real_v load_counted(__global const float *p, const int count) {
  return count >= LANES ? LOAD_LANES(p) : load_lanes_padded(p, 0, count);
}
