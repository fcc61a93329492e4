// Direct convolution of a frame to few channels, stride 1: every vector of src that is loaded serves ROW_BLOCK rows of dst,
// where conv/conv2d.cl, with so few channels to share it, would wait for loads.
//
//   dst[oc, y, x] = epilogue(bias[oc] + sum_{ic, ky, kx} weights[oc, ic, ky, kx] * src[ic, y + ky - PADDING, x + kx - PADDING])
//
// src is (CHANNELS_IN, height_in, width_in), dst is (CHANNELS_OUT, height, width); layouts in include/lanes.h. weights are
// packed [ic][kx][ky][oc].
//
//   one work-item = ROW_BLOCK rows of all channels:   row r of src, shifted by kx, is tap ky = r - q of dst's row q
//
// 64 channels to 3, 9x9: 190 GFLOP/s where conv/conv2d.cl runs at 121; 3x3: 178 against 113 (PoCL, Zen 4, in cache).
// Fetching the next block of columns, short pieces of hundreds of rows that no CPU foresees, takes 424 to 149 ms for 9x9 at 1920x1080 (Zen 5).

#include "include/lanes.h"
#include "include/epilogue.h"

#if !defined(CHANNELS_IN) || !defined(CHANNELS_OUT) || !defined(FILTER_H) || !defined(FILTER_W) || !defined(PADDING)
#error "CHANNELS_IN, CHANNELS_OUT, FILTER_H, FILTER_W and PADDING are needed"
#endif
#ifndef ROW_BLOCK
#define ROW_BLOCK 4  // rows of dst held in registers
#endif
#ifndef LANE_BLOCK
#define LANE_BLOCK 2  // vectors of LANES held in registers for each of them
#endif

// Adds every tap of one block to acc. Of a long row, edge is a literal 0 or 1, so that the masks vanish from the inner blocks (1.2
// times as fast, 9x9); a short row is as fast with one copy of the loops, which compiles in half the time.
INLINE void accumulate_in_private(real_v acc[ROW_BLOCK][CHANNELS_OUT][LANE_BLOCK], __global const stored_t *src,
                                  const int src_pitch, const long src_plane, __global const float *weights, const int top,
                                  const int lane, const int height_in, const int width_in, const int edge) {
  const int first_row = max(0, -top), last_row = min(FILTER_H + ROW_BLOCK - 1, height_in - top);
  for (int ic = 0; ic < CHANNELS_IN; ic++) {
    for (int r = first_row; r < last_row; r++) {
      __global const stored_t *row = src + ic * src_plane + (long)(top + r) * src_pitch;
#pragma unroll
      for (int j = 0; j < LANE_BLOCK; j++) PREFETCH(row + lane + (LANE_BLOCK + j) * LANES + PADDING);
// Unrolled, a short row is hardly faster and takes longer to compile; a long one: see conv/conv2d.cl.
#pragma unroll 1
      for (int kx = 0; kx < FILTER_W; kx++) {
        __global const float *w = weights + ((ic * FILTER_W + kx) * FILTER_H + r) * CHANNELS_OUT;
        real_v tap[LANE_BLOCK];
#pragma unroll
        for (int j = 0; j < LANE_BLOCK; j++) {
          const int column = lane + j * LANES + kx - PADDING;
          tap[j] = edge ? load_lanes_padded(row, column, width_in) : LOAD_LANES(row + column);
        }
#pragma unroll
        for (int q = 0; q < ROW_BLOCK; q++) {
          if (r < q || r >= q + FILTER_H) continue;
#pragma unroll
          for (int o = 0; o < CHANNELS_OUT; o++) {
            const real_v weight = w[o - q * CHANNELS_OUT];
#pragma unroll
            for (int j = 0; j < LANE_BLOCK; j++) acc[q][o][j] = fma(tap[j], weight, acc[q][o][j]);
          }
        }
      }
    }
  }
}

// Global size: (lane blocks shared out, 1, blocks of rows). operand may be dst itself.
__kernel void conv2d_rows(SRC_TENSOR(src), __global const float *restrict weights, __global const float *restrict bias,
                          __global const float *restrict slopes, __global const stored_t *operand,
                          const long operand_offset, const int operand_pitch, const long operand_plane,
                          __global stored_t *dst, const long dst_offset, const int dst_pitch, const long dst_plane,
                          const int height_in, const int width_in, const int height, const int width,
                          const int joining, const int first_row) {
  const int y = first_row + get_global_id(2) * ROW_BLOCK;
  const int step = LANE_BLOCK * LANES;
  for (int lane = get_global_id(0) * step; lane < width; lane += get_global_size(0) * step) {
    real_v acc[ROW_BLOCK][CHANNELS_OUT][LANE_BLOCK];
#pragma unroll
    for (int q = 0; q < ROW_BLOCK; q++)
#pragma unroll
      for (int o = 0; o < CHANNELS_OUT; o++)
#pragma unroll
        for (int j = 0; j < LANE_BLOCK; j++) acc[q][o][j] = bias[o];
    const int edge = lane < PADDING || lane + step + FILTER_W - 1 - PADDING > width_in;
#if FILTER_W <= 5
    accumulate_in_private(acc, src + src_offset, src_pitch, src_plane, weights, y - PADDING, lane, height_in, width_in, edge);
#else
    if (edge)
      accumulate_in_private(acc, src + src_offset, src_pitch, src_plane, weights, y - PADDING, lane, height_in, width_in, 1);
    else
      accumulate_in_private(acc, src + src_offset, src_pitch, src_plane, weights, y - PADDING, lane, height_in, width_in, 0);
#endif
#pragma unroll
    for (int q = 0; q < ROW_BLOCK; q++) {
      if (y + q >= height) break;
      __global stored_t *to = dst + dst_offset + (long)(y + q) * dst_pitch + lane;
      __global const stored_t *with = operand + operand_offset + (long)(y + q) * operand_pitch + lane;
#pragma unroll
      for (int o = 0; o < CHANNELS_OUT; o++)
#pragma unroll
        for (int j = 0; j < LANE_BLOCK; j++)
          if (lane + j * LANES < width)
            store_epilogue(acc[q][o][j], with + o * operand_plane + j * LANES, joining, slopes, o,
                           to + o * dst_plane + j * LANES);
    }
  }
}
