// Transposed convolution as sub-pixel phases: no multiplication by an inserted zero, no column buffer, no scatter.
//
// The output at (SCALE*y + py, SCALE*x + px) is an ordinary convolution whose filter is every SCALE-th tap of the whole
// filter; which taps depends on the phase (py, px) alone. With j = the input row's distance above y:
//
//   dst[oc, py, px, y, x] = bias[oc] + sum_{ic, j, i} weights[ic, oc, SCALE*j + py + PADDING, SCALE*i + px + PADDING]
//                                                     * src[ic, y - j, x - i]
//
// over the j, i that keep both filter indices in range. src is (CHANNELS_IN, height, width). dst holds the phases as
// channels, (CHANNELS_OUT*SCALE*SCALE, height, width) in PixelShuffle order c*SCALE*SCALE + py*SCALE + px: the pixel
// shuffle happens in the kernel that stores the picture. weights are packed [ic][ky][kx][CHANNELS_OUT]. Layouts
// in include/lanes.h.
//
// One work-item = one row (or position) of all SCALE phases of one py: LANE_BLOCK * SCALE * CHANNELS_OUT accumulators
// share LANE_BLOCK loads a tap column.

#include "include/lanes.h"

#if !defined(CHANNELS_IN) || !defined(CHANNELS_OUT) || !defined(FILTER) || !defined(SCALE) || !defined(PADDING)
#error "CHANNELS_IN, CHANNELS_OUT, FILTER, SCALE and PADDING are needed"
#endif
#ifndef LANE_BLOCK
#define LANE_BLOCK 2  // vectors of LANES held in registers for each phase and channel
#endif

// Range of j (and i) over all phases: SCALE*j + phase + PADDING in [0, FILTER).
#define FIRST_TAP (-((PADDING + SCALE - 1) / SCALE))
#define LAST_TAP ((FILTER - 1 - PADDING) / SCALE)
#define TAPS (LAST_TAP - FIRST_TAP + 1)

INLINE void accumulate_in_private(real_v acc[CHANNELS_OUT][SCALE][LANE_BLOCK], __global const stored_t *src,
                                  const int src_pitch, const long src_plane, __global const float *weights, const int py,
                                  const int y, const int x, const int lane, const int height, const int width,
                                  const int edge) {
  for (int ic = 0; ic < CHANNELS_IN; ic++) {
    for (int j = FIRST_TAP; j <= LAST_TAP; j++) {
      const int ky = SCALE * j + py + PADDING;
      if (ky < 0 || ky >= FILTER || y - j < 0 || y - j >= height) continue;
      __global const float *w = weights + (long)(ic * FILTER + ky) * (FILTER * CHANNELS_OUT);
#ifdef LANES_ALONG_BATCH
      __global const stored_t *row = src + ic * src_plane + (long)(y - j) * width * src_pitch + lane;
#else
      __global const stored_t *row = src + ic * src_plane + (long)(y - j) * src_pitch + lane;
#endif
#pragma unroll
      for (int t = 0; t < TAPS; t++) {
        const int i = FIRST_TAP + t;
        real_v tap[LANE_BLOCK];
#ifdef LANES_ALONG_BATCH
        if (x - i < 0 || x - i >= width) continue;
#pragma unroll
        for (int b = 0; b < LANE_BLOCK; b++) tap[b] = LOAD_LANES(row + (long)(x - i) * src_pitch + b * LANES);
#else
#pragma unroll
        for (int b = 0; b < LANE_BLOCK; b++)
          tap[b] = edge ? load_lanes_padded(row - lane, lane + b * LANES - i, width) : LOAD_LANES(row + b * LANES - i);
#endif
#pragma unroll
        for (int px = 0; px < SCALE; px++) {
          const int kx = SCALE * i + px + PADDING;
          if (kx >= 0 && kx < FILTER) {
#pragma unroll
            for (int oc = 0; oc < CHANNELS_OUT; oc++) {
              const real_v weight = w[kx * CHANNELS_OUT + oc];
#pragma unroll
              for (int b = 0; b < LANE_BLOCK; b++) acc[oc][px][b] = fma(tap[b], weight, acc[oc][px][b]);
            }
          }
        }
      }
    }
  }
}

// Global size: (lane blocks shared out, SCALE, rows or height*width): all phases of a row while it is in cache.
__kernel void conv_transpose2d(SRC_TENSOR(src), __global const float *restrict weights,
                               __global const float *restrict bias, DST_TENSOR(dst), const int height, const int width,
                               const int lanes, const int first_row) {
  const int py = get_global_id(1);
  const int position = first_row + get_global_id(2);
#ifdef LANES_ALONG_BATCH
  const int y = position / width, x = position % width;
#else
  const int y = position, x = 0;
#endif
  const int step = LANE_BLOCK * LANES;
  for (int lane = get_global_id(0) * step; lane < lanes; lane += get_global_size(0) * step) {
    real_v acc[CHANNELS_OUT][SCALE][LANE_BLOCK];
#pragma unroll
    for (int oc = 0; oc < CHANNELS_OUT; oc++)
#pragma unroll
      for (int px = 0; px < SCALE; px++)
#pragma unroll
        for (int b = 0; b < LANE_BLOCK; b++) acc[oc][px][b] = bias[oc];
#ifdef LANES_ALONG_BATCH
    accumulate_in_private(acc, src + src_offset, src_pitch, src_plane, weights, py, y, x, lane, height, width, 0);
#else
    if (lane < LAST_TAP || lane + step - FIRST_TAP > width)
      accumulate_in_private(acc, src + src_offset, src_pitch, src_plane, weights, py, y, x, lane, height, width, 1);
    else
      accumulate_in_private(acc, src + src_offset, src_pitch, src_plane, weights, py, y, x, lane, height, width, 0);
#endif
    __global stored_t *row = dst + dst_offset + (long)position * dst_pitch + lane;
#pragma unroll
    for (int oc = 0; oc < CHANNELS_OUT; oc++)
#pragma unroll
      for (int px = 0; px < SCALE; px++)
#pragma unroll
        for (int b = 0; b < LANE_BLOCK; b++)
          if (b * LANES < lanes - lane)
            STORE_LANES(acc[oc][px][b], row + ((oc * SCALE + py) * SCALE + px) * dst_plane + b * LANES);
  }
}
