// What every convolution does as it stores: a second operand of dst's shape is added to the sum or, in programs with GATE,
// multiplied by its sigmoid, as joining says; then the activation. For CPUs ACTIVATION is PRELU for all but SIGMOID: a slope of
// 1 is no activation, 0 is ReLU, and all pointwise convolutions have GATE. One program then serves many layers, as it takes
// PoCL long to compile each: RFDN's 40 became 26. operand may be dst itself.

#include "include/activation.h"

#ifndef GATE
#define GATE 0
#endif

#define JOINING_NONE 0
#define JOINING_SUM 1
#define JOINING_GATE 2

INLINE void store_epilogue(real_v v, __global const stored_t *operand, const int joining, __global const float *slopes,
                           const int channel, __global stored_t *dst) {
  if (joining == JOINING_SUM) v += LOAD_LANES(operand);
#if GATE  // not in all programs: large convolutions take PoCL up to a third longer to compile with it
  if (joining == JOINING_GATE) v = LOAD_LANES(operand) / (1.0f + exp(-v));
#endif
  STORE_LANES(activate(v, slopes, channel), dst);
}
