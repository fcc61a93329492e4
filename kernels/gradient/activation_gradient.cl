// Gradient through an activation: dst = grad * act'. value is the activation's input where it is PRELU, whose slope may be
// below zero, and its output for all others, of which sign and value say enough.
// grad, value and dst are (C, rows of lanes); layouts in include/lanes.h.

#include "include/lanes.h"
#include "include/activation.h"

INLINE real_v gradient(const real_v grad, const real_v value, const float slope) {
#if ACTIVATION == ACTIVATION_SIGMOID
  return grad * value * (1.0f - value);
#elif ACTIVATION == ACTIVATION_RELU
  return value > (real_v)(0.0f) ? grad : (real_v)(0.0f);
#elif ACTIVATION == ACTIVATION_LEAKY_RELU
  return value > (real_v)(0.0f) ? grad : grad * SLOPE;
#else
  return value > (real_v)(0.0f) ? grad : grad * slope;
#endif
}

// Global size: (vectors of a row shared out, rows, channels).
__kernel void activation_gradient(SRC_TENSOR(grad), SRC_TENSOR(value), __global const float *restrict slopes, DST_TENSOR(dst),
                                  const int lanes) {
  const int channel = get_global_id(2);
  const long row = get_global_id(1);
  __global const float *g = grad + grad_offset + channel * grad_plane + row * grad_pitch;
  __global const float *v = value + value_offset + channel * value_plane + row * value_pitch;
  __global float *to = dst + dst_offset + channel * dst_plane + row * dst_pitch;
  for (int i = get_global_id(0) * LANES; i < lanes; i += get_global_size(0) * LANES)
    STORE_LANES(gradient(LOAD_LANES(g + i), LOAD_LANES(v + i), slopes[channel]), to + i);
}
