// The products that the gradients of filters are sums of: acc[o][i][kx] += grad[o, y, x] * src[i, y', x*STRIDE + kx - PADDING]
// over one row of pixels of a vector of patches. Lanes run along the batch and are added up only at the end of a span, so
// that the accumulators stay in registers: OC_BLOCK * IC_BLOCK * FILTER_W multiply-adds to a load of each operand.

#include "include/lanes.h"
#include "include/partial_sums.h"

#if !defined(CHANNELS_IN) || !defined(CHANNELS_OUT) || !defined(FILTER_H) || !defined(FILTER_W)
#error "CHANNELS_IN, CHANNELS_OUT, FILTER_H and FILTER_W are needed"
#endif
#if !defined(STRIDE) || !defined(PADDING) || !defined(OC_BLOCK) || !defined(IC_BLOCK)
#error "STRIDE, PADDING, OC_BLOCK and IC_BLOCK are needed"
#endif
#ifndef TAP_USED
#define TAP_USED(o, kx) 1  // whether channel o of a block has a filter element in column kx
#endif

typedef struct {
  int height_in, width_in, height, width, lanes;
} sizes_t;

// One column of pixels. edge and tail are literals: columns outside are left out, lanes beyond the batch are zeros.
INLINE void accumulate_column(real_v acc[OC_BLOCK][IC_BLOCK][FILTER_W], __global const float *src, const int src_pitch,
                              const long src_plane, __global const float *grad, const long grad_plane, const int x,
                              const int width_in, const int count, const int edge, const int tail) {
  real_v g[OC_BLOCK];
#pragma unroll
  for (int o = 0; o < OC_BLOCK; o++) g[o] = tail ? load_counted(grad + o * grad_plane, count) : LOAD_LANES(grad + o * grad_plane);
#pragma unroll
  for (int i = 0; i < IC_BLOCK; i++) {
#pragma unroll
    for (int kx = 0; kx < FILTER_W; kx++) {
      const int column = x * STRIDE + kx - PADDING;
      if (edge && (column < 0 || column >= width_in)) continue;
      __global const float *from = src + i * src_plane + (long)column * src_pitch;
      const real_v s = tail ? load_counted(from, count) : LOAD_LANES(from);
#pragma unroll
      for (int o = 0; o < OC_BLOCK; o++)
        if (TAP_USED(o, kx)) acc[o][i][kx] = fma(g[o], s, acc[o][i][kx]);
    }
  }
}

// The rows of one span; src and grad begin at the first channels of the block.
INLINE void accumulate_span(real_v acc[OC_BLOCK][IC_BLOCK][FILTER_W], __global const float *src, const int src_pitch,
                            const long src_plane, __global const float *grad, const int grad_pitch, const long grad_plane,
                            const int ky, const int span, const sizes_t s) {
  const int units = VECTORS(s.lanes) * s.height, end = SPAN_BEGIN(span + 1, units);
  const int inner = (PADDING + STRIDE - 1) / STRIDE;  // columns from here on have every tap inside on the left
  for (int unit = SPAN_BEGIN(span, units); unit < end; unit++) {
    const int y = unit % s.height, lane = unit / s.height * LANES, count = s.lanes - lane;
    const int row = y * STRIDE + ky - PADDING;
    if (row < 0 || row >= s.height_in) continue;
    __global const float *from = src + (long)row * s.width_in * src_pitch + lane;
    __global const float *g = grad + (long)y * s.width * grad_pitch + lane;
    if (count < LANES) {
      for (int x = 0; x < s.width; x++)
        accumulate_column(acc, from, src_pitch, src_plane, g + (long)x * grad_pitch, grad_plane, x, s.width_in, count, 1, 1);
      continue;
    }
    const int last = (s.width_in - FILTER_W + PADDING) / STRIDE;  // the last column with every tap inside on the right
    const int left = min(inner, s.width), right = max(left, min(s.width, s.width_in - FILTER_W + PADDING < 0 ? 0 : last + 1));
    for (int x = 0; x < left; x++)
      accumulate_column(acc, from, src_pitch, src_plane, g + (long)x * grad_pitch, grad_plane, x, s.width_in, count, 1, 0);
    for (int x = left; x < right; x++)
      accumulate_column(acc, from, src_pitch, src_plane, g + (long)x * grad_pitch, grad_plane, x, s.width_in, count, 0, 0);
    for (int x = right; x < s.width; x++)
      accumulate_column(acc, from, src_pitch, src_plane, g + (long)x * grad_pitch, grad_plane, x, s.width_in, count, 1, 0);
  }
}
