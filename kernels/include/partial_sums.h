// Sums over a whole batch of patches, which work-groups share as spans: of all units, the vectors of LANES patches at every
// pixel, or at every row of pixels, span s of SPANS takes an equal share. Every span stores a partial sum;
// gradient/sum_partials.cl adds them up in a fixed order, so that a sum never varies between runs.

#include "include/sums.h"

// No number of the program, so that one program serves all sizes of a batch.
#ifndef SPANS
#define SPANS ((long)get_num_groups(2))
#endif

#define SPAN_BEGIN(span, units) ((int)((long)(units) * (span) / SPANS))
#define VECTORS(lanes) (((lanes) + LANES - 1) / LANES)

// The vector at p, lanes from count on as zeros: what lies behind the last patch may be a NaN.
INLINE real_v load_counted(__global const float *p, const int count) {
  return count >= LANES ? LOAD_LANES(p) : load_lanes_padded(p, 0, count);
}
