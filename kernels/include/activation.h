// The activation that a kernel applies as it stores: ACTIVATION is NONE, RELU, LEAKY_RELU, PRELU or SIGMOID.

#define ACTIVATION_NONE 0
#define ACTIVATION_RELU 1
#define ACTIVATION_LEAKY_RELU 2
#define ACTIVATION_PRELU 3
#define ACTIVATION_SIGMOID 4

#ifndef ACTIVATION
#error "ACTIVATION is missing"
#endif
#if ACTIVATION == ACTIVATION_LEAKY_RELU && !defined(SLOPE)
#error "SLOPE is missing"
#endif

// v where v > 0, else slope * v: PReLU and LeakyReLU for any slope, above 1 and below 0 too. No fmax, here or in RELU: it
// turns a NaN to zero, and a broken picture would pass for a good one.
INLINE real_v leaky(const real_v v, const float slope) {
  return v > (real_v)(0.0f) ? v : slope * v;
}

// channel selects the slope of PRELU; the others ignore slopes, which may then be any valid pointer.
INLINE real_v activate(const real_v v, __global const float *slopes, const int channel) {
#if ACTIVATION == ACTIVATION_RELU
  return v < (real_v)(0.0f) ? (real_v)(0.0f) : v;
#elif ACTIVATION == ACTIVATION_LEAKY_RELU
  return leaky(v, SLOPE);
#elif ACTIVATION == ACTIVATION_PRELU
  return leaky(v, slopes[channel]);
#elif ACTIVATION == ACTIVATION_SIGMOID
  return 1.0f / (1.0f + exp(-v));
#else
  return v;
#endif
}
