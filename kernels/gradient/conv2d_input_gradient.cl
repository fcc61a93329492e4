// Gradient of the input of a convolution with a step, over a batch of patches (with step 1 it is a convolution itself):
//
//   dst[n, ic, y, x] = sum_{oc, ky, kx} weights[oc, ic, ky, kx] * grad[n, oc, v, u],
//   v*STRIDE + ky - PADDING = y, u*STRIDE + kx - PADDING = x
//
// grad is (N, CHANNELS_OUT, height, width), dst is (N, CHANNELS_IN, height_in, width_in), the batch innermost; weights OIHW.

#include "include/lanes.h"

#if !defined(CHANNELS_IN) || !defined(CHANNELS_OUT) || !defined(FILTER_H) || !defined(FILTER_W)
#error "CHANNELS_IN, CHANNELS_OUT, FILTER_H and FILTER_W are needed"
#endif
#if !defined(STRIDE) || !defined(PADDING)
#error "STRIDE and PADDING are needed"
#endif

// Global size: (vectors of the batch shared out, height_in * width_in, CHANNELS_IN).
__kernel void conv2d_input_gradient(SRC_TENSOR(grad), __global const float *restrict weights, DST_TENSOR(dst),
                                    const int height, const int width, const int width_in, const int lanes) {
  const int ic = get_global_id(2), y = get_global_id(1) / width_in, x = get_global_id(1) % width_in;
  for (int lane = get_global_id(0) * LANES; lane < lanes; lane += get_global_size(0) * LANES) {
    real_v sum = 0.0f;
    for (int ky = (y + PADDING) % STRIDE; ky < FILTER_H; ky += STRIDE) {
      const int v = (y + PADDING - ky) / STRIDE;
      if (y + PADDING < ky || v >= height) continue;
      for (int kx = (x + PADDING) % STRIDE; kx < FILTER_W; kx += STRIDE) {
        const int u = (x + PADDING - kx) / STRIDE;
        if (x + PADDING < kx || u >= width) continue;
        for (int oc = 0; oc < CHANNELS_OUT; oc++)
          sum = MULTIPLY_ADD(LOAD_LANES(grad + grad_offset + oc * grad_plane + (long)(v * width + u) * grad_pitch + lane),
                             (real_v)(weights[((oc * CHANNELS_IN + ic) * FILTER_H + ky) * FILTER_W + kx]), sum);
      }
    }
    STORE_LANES(sum, dst + dst_offset + ic * dst_plane + (long)get_global_id(1) * dst_pitch + lane);
  }
}
