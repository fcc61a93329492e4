// What every convolution does as it stores: a second operand of dst's shape is added where residual is not 0, or (GATE)
// multiplied by the sigmoid of the sum; then the activation. For CPUs ACTIVATION is PRELU for all but SIGMOID: a slope of 1 is
// no activation, 0 is ReLU. One program then serves many layers, as it takes PoCL long to compile each: RFDN's 40 became 32,
// compiled on one core in 18.8 s instead of 24.0. operand may be dst itself.

#include "include/activation.h"

#ifndef GATE
#define GATE 0
#endif

INLINE void store_epilogue(real_v v, __global const stored_t *operand, const int residual, __global const float *slopes,
                           const int channel, __global stored_t *dst) {
#if GATE
  v = LOAD_LANES(operand) / (1.0f + exp(-v));
#else
  if (residual) v += LOAD_LANES(operand);
#endif
  STORE_LANES(activate(v, slopes, channel), dst);
}
