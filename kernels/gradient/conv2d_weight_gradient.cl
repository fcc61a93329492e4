// Gradient of a convolution's filters over a batch of patches:
//
//   weights'[oc, ic, ky, kx] = sum_{n, y, x} grad[n, oc, y, x] * src[n, ic, y*STRIDE + ky - PADDING, x*STRIDE + kx - PADDING]
//
// src is (N, CHANNELS_IN, height_in, width_in), grad is (N, CHANNELS_OUT, height, width), the batch innermost. partials is
// [span][oc][ic][ky][kx], see include/partial_sums.h; the last block of channels overlaps the one before, so that no
// channel beyond the last is read, and stores only what the other does not.

#include "include/filter_gradient.h"

#define IC_BLOCKS ((CHANNELS_IN + IC_BLOCK - 1) / IC_BLOCK)

// Global size: (blocks of input channels times FILTER_H, shared out; blocks of output channels; SPANS).
__kernel void conv2d_weight_gradient(SRC_TENSOR(src), SRC_TENSOR(grad), __global float *restrict partials, const long partials_offset,
                             const int height_in, const int width_in, const int height, const int width, const int lanes) {
  const sizes_t sizes = {height_in, width_in, height, width, lanes};
  const int first_oc = get_global_id(1) * OC_BLOCK, oc = min(first_oc, CHANNELS_OUT - OC_BLOCK);
  const int span = get_global_id(2);
  for (int block = get_global_id(0); block < IC_BLOCKS * FILTER_H; block += get_global_size(0)) {
    const int first_ic = block / FILTER_H * IC_BLOCK, ic = min(first_ic, CHANNELS_IN - IC_BLOCK), ky = block % FILTER_H;
    real_v acc[OC_BLOCK][IC_BLOCK][FILTER_W];
#pragma unroll
    for (int o = 0; o < OC_BLOCK; o++)
#pragma unroll
      for (int i = 0; i < IC_BLOCK; i++)
#pragma unroll
        for (int kx = 0; kx < FILTER_W; kx++) acc[o][i][kx] = 0.0f;
    accumulate_span(acc, src + src_offset + ic * src_plane, src_pitch, src_plane, grad + grad_offset + oc * grad_plane,
                    grad_pitch, grad_plane, ky, span, sizes);
    __global float *to = partials + partials_offset + (long)span * (CHANNELS_OUT * CHANNELS_IN * FILTER_H * FILTER_W);
#pragma unroll
    for (int o = 0; o < OC_BLOCK; o++)
#pragma unroll
      for (int i = 0; i < IC_BLOCK; i++)
#pragma unroll
        for (int kx = 0; kx < FILTER_W; kx++)
          if (oc + o >= first_oc && ic + i >= first_ic) to[(((oc + o) * CHANNELS_IN + ic + i) * FILTER_H + ky) * FILTER_W + kx] = sum_lanes(acc[o][i][kx]);
  }
}
