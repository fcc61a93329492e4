// What every convolution does as it stores: a second operand of dst's shape is added (RESIDUAL) or multiplied by the
// sigmoid of the sum (GATE), then the activation. operand may be dst itself.

#include "include/activation.h"

#ifndef RESIDUAL
#define RESIDUAL 0
#endif
#ifndef GATE
#define GATE 0
#endif

INLINE void store_epilogue(real_v v, __global const float *operand, __global const float *slopes, const int channel,
                           __global float *dst) {
#if RESIDUAL
  v += LOAD_LANES(operand);
#elif GATE
  v = LOAD_LANES(operand) / (1.0f + exp(-v));
#endif
  STORE_LANES(activate(v, slopes, channel), dst);
}
