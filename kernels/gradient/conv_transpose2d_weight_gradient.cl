// Gradient of a transposed convolution's filters over a batch of patches. Its output is held as sub-pixel phases, as
// conv/conv_transpose2d.cl makes them, of which each is an ordinary convolution with every SCALE-th tap:
//
//   weights'[ic, c, SCALE*j + py + CROP, SCALE*i + px + CROP]
//       = sum_{n, y, x} grad[n, (c*SCALE + py)*SCALE + px, y, x] * src[n, ic, y - j, x - i]
//
// with CROP PyTorch's padding and FILTER = 2*CROP + 1. src is (N, CHANNELS_IN, height, width), grad is
// (N, CHANNELS_OUT, height, width) with CHANNELS_OUT = channels*SCALE*SCALE, the batch innermost; partials is
// [span][ic][channel][FILTER][FILTER], see include/partial_sums.h. Distances j and i count down as taps ky and kx count up.

#if !defined(SCALE) || !defined(CROP) || !defined(FILTER)
#error "SCALE, CROP and FILTER are needed"
#endif

// A block of channels is the SCALE phases of one row of sub-pixels, so px = o is known when the loops are unrolled.
#define OC_BLOCK SCALE
#define TAP_OF(k, phase) (SCALE * (PADDING - (k)) + (phase) + CROP)
#define IS_TAP(k, phase) (TAP_OF(k, phase) >= 0 && TAP_OF(k, phase) < FILTER)
#define TAP_USED(o, kx) IS_TAP(kx, o)

#include "include/filter_gradient.h"

#define IC_BLOCKS ((CHANNELS_IN + IC_BLOCK - 1) / IC_BLOCK)

// Global size: (blocks of input channels times FILTER_H, shared out; output channels times SCALE; SPANS).
__kernel void conv_transpose2d_weight_gradient(SRC_TENSOR(src), SRC_TENSOR(grad), __global float *restrict partials,
                                       const long partials_offset, const int height, const int width, const int lanes) {
  const sizes_t sizes = {height, width, height, width, lanes};
  const int channel = get_global_id(1) / SCALE, py = get_global_id(1) % SCALE;
  const int span = get_global_id(2);
  for (int block = get_global_id(0); block < IC_BLOCKS * FILTER_H; block += get_global_size(0)) {
    const int first_ic = block / FILTER_H * IC_BLOCK, ic = min(first_ic, CHANNELS_IN - IC_BLOCK), ky = block % FILTER_H;
    if (!IS_TAP(ky, py)) continue;
    real_v acc[OC_BLOCK][IC_BLOCK][FILTER_W];
#pragma unroll
    for (int o = 0; o < OC_BLOCK; o++)
#pragma unroll
      for (int i = 0; i < IC_BLOCK; i++)
#pragma unroll
        for (int kx = 0; kx < FILTER_W; kx++) acc[o][i][kx] = 0.0f;
    accumulate_span(acc, src + src_offset + ic * src_plane, src_pitch, src_plane,
                    grad + grad_offset + (long)get_global_id(1) * SCALE * grad_plane, grad_pitch, grad_plane, ky, span, sizes);
    __global float *to = partials + partials_offset + (long)span * (CHANNELS_IN * CHANNELS_OUT / (SCALE * SCALE) * FILTER * FILTER);
#pragma unroll
    for (int o = 0; o < OC_BLOCK; o++)
#pragma unroll
      for (int i = 0; i < IC_BLOCK; i++)
#pragma unroll
        for (int kx = 0; kx < FILTER_W; kx++)
          if (TAP_USED(o, kx) && ic + i >= first_ic)
            to[(((ic + i) * (CHANNELS_OUT / (SCALE * SCALE)) + channel) * FILTER + TAP_OF(ky, py)) * FILTER + TAP_OF(kx, o)] =
                sum_lanes(acc[o][i][kx]);
  }
}
