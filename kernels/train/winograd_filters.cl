// The filters of a 3x3 convolution for conv/conv2d_winograd.cl: U = G g G^T, from OIHW to [oc block][36][ic][OC_BLOCK],
// zero beyond CHANNELS_OUT. On the host dev.loupe.op.WinogradConv2d does the same once; weights in training change.

#if !defined(CHANNELS_IN) || !defined(CHANNELS_OUT) || !defined(OC_BLOCK)
#error "CHANNELS_IN, CHANNELS_OUT and OC_BLOCK are needed"
#endif

#define POINTS 6

// G times a row or column of three: the interpolation points 0, 1, -1, 2, -2, infinity.
static inline void transform(float *to, const float a, const float b, const float c) {
  to[0] = a / 4.0f;
  to[1] = -(a + b + c) / 6.0f;
  to[2] = -(a - b + c) / 6.0f;
  to[3] = a / 24.0f + b / 12.0f + c / 6.0f;
  to[4] = a / 24.0f - b / 12.0f + c / 6.0f;
  to[5] = c;
}

// Global size: (input channels shared out, output channels padded to whole blocks, 1).
__kernel void winograd_filters(__global const float *restrict filters, __global float *restrict dst) {
  const int oc = get_global_id(1);
  for (int ic = get_global_id(0); ic < CHANNELS_IN; ic += get_global_size(0)) {
    __global float *to = dst + ((long)(oc / OC_BLOCK) * (POINTS * POINTS) * CHANNELS_IN + ic) * OC_BLOCK + oc % OC_BLOCK;
    float half_way[3][POINTS], row[POINTS];
    if (oc < CHANNELS_OUT) {
      __global const float *g = filters + (oc * CHANNELS_IN + ic) * 9;
      for (int x = 0; x < 3; x++) transform(half_way[x], g[x], g[3 + x], g[6 + x]);
    }
    for (int y = 0; y < POINTS; y++) {
      if (oc < CHANNELS_OUT) transform(row, half_way[0][y], half_way[1][y], half_way[2][y]);
      for (int x = 0; x < POINTS; x++)
        to[(long)(y * POINTS + x) * CHANNELS_IN * OC_BLOCK] = oc < CHANNELS_OUT ? row[x] : 0.0f;
    }
  }
}
