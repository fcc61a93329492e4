// Direct convolution, any window, stride and padding, with bias, activation and a second operand fused.
//
//   sum[oc, y, x] = bias[oc]
//                   + sum_{ic, ky, kx} weights[oc, ic, ky, kx] * src[ic, y*STRIDE + ky - padding, x*STRIDE + kx - padding]
//   dst[oc, y, x] = act(sum), act(sum + operand[oc, y, x]) or act(sigmoid(sum) * operand[oc, y, x])
//
// src is (channels_in, height_in, width_in), dst is (channels_out, height, width); layouts in include/lanes.h.
// weights are packed [oc block][ic][ky][kx][OC_BLOCK], zero beyond channels_out; bias and slopes likewise padded.
//
//   one work-item = one row (frame) or one position (patches) of OC_BLOCK channels:
//
//             <- LANE_BLOCK vectors of LANES ->
//     oc 0    acc[0][0]  acc[0][1]  ...          every tap: LANE_BLOCK vector loads, OC_BLOCK scalar loads,
//     ...                                        OC_BLOCK * LANE_BLOCK fused multiply-adds, all in registers
//
// Patches come as frames to a window of one: their rows of lanes are rows (ConvOperands.asRows).
//
// Planar layout with lanes along the row wastes no lane on channel counts such as 12, 25 or 50 (a channel-blocked
// layout pads them to 16, 32 and 64) at 0.9 of its speed on 64 channels (PoCL, Zen 4: 203 against 227 GFLOP/s).
// Rows outside the image are skipped, columns outside are masked in the first and last block of a row only.

#include "include/lanes.h"
#include "include/epilogue.h"

#if !defined(FILTER_H) || !defined(FILTER_W) || !defined(STRIDE)
#error "FILTER_H, FILTER_W and STRIDE are needed"
#endif
#ifndef PADDED
#define PADDED 0  // whether padding is above 0
#endif
#ifndef OC_BLOCK
#define OC_BLOCK 4  // output channels held in registers
#endif
#ifndef LANE_BLOCK
#define LANE_BLOCK 2  // vectors of LANES held in registers for each of them
#endif

#if STRIDE != 1 && !defined(LANES_ALONG_BATCH)
// Lanes of a strided frame convolution are STRIDE elements apart.
INLINE real_v load_strided(__global const stored_t *row, const int x, const int width) {
#if LANES == 1
  return x >= 0 && x < width ? LOAD(row + x) : 0.0f;
#else
  float v[LANES];
  for (int l = 0; l < LANES; l++) {
    const int at = x + l * STRIDE;
    v[l] = at >= 0 && at < width ? LOAD(row + at) : 0.0f;
  }
  return CONCAT(vload, LANES)(0, v);
#endif
}
#endif

typedef struct {
  int height_in, width_in, width, lanes;  // lanes: elements of a row (frame) or patches in the batch
  int channels_in, channels_out, padding;
} sizes_t;

// Adds every tap of one block to acc. edge is a literal 0 or 1, so that the masks vanish from the inner blocks.
INLINE void accumulate_in_private(real_v acc[OC_BLOCK][LANE_BLOCK], __global const stored_t *src, const int src_pitch,
                                  const long src_plane, __global const float *weights, const int y, const int x,
                                  const int lane, const sizes_t sizes, const int edge) {
  const int top = y * STRIDE - sizes.padding;
  const int first_row = max(0, -top), last_row = min(FILTER_H, sizes.height_in - top);
  for (int ic = 0; ic < sizes.channels_in; ic++) {
    for (int ky = first_row; ky < last_row; ky++) {
      __global const float *w = weights + (ic * FILTER_H + ky) * (FILTER_W * OC_BLOCK);
#ifdef LANES_ALONG_BATCH
      __global const stored_t *row = src + ic * src_plane + (long)(top + ky) * sizes.width_in * src_pitch + lane;
#else
      __global const stored_t *row = src + ic * src_plane + (long)(top + ky) * src_pitch;
#endif
// A long row unrolled has more taps than registers: PoCL's compiler loads all of them first and keeps them on the stack.
// Patches are as fast without, and compile in less time.
#if FILTER_W > 5 || defined(LANES_ALONG_BATCH)
#pragma unroll 1
#else
#pragma unroll
#endif
      for (int kx = 0; kx < FILTER_W; kx++) {
        real_v tap[LANE_BLOCK];
#ifdef LANES_ALONG_BATCH
        const int column = x * STRIDE + kx - sizes.padding;
        if (column < 0 || column >= sizes.width_in) continue;
#pragma unroll
        for (int j = 0; j < LANE_BLOCK; j++) tap[j] = LOAD_LANES(row + (long)column * src_pitch + j * LANES);
#else
#pragma unroll
        for (int j = 0; j < LANE_BLOCK; j++) {
          const int column = (lane + j * LANES) * STRIDE + kx - sizes.padding;
#if STRIDE == 1
          tap[j] = edge ? load_lanes_padded(row, column, sizes.width_in) : LOAD_LANES(row + column);
#else
          tap[j] = load_strided(row, column, sizes.width_in);
#endif
        }
#endif
#pragma unroll
        for (int o = 0; o < OC_BLOCK; o++) {
          const real_v weight = w[kx * OC_BLOCK + o];
#pragma unroll
          for (int j = 0; j < LANE_BLOCK; j++) acc[o][j] = fma(tap[j], weight, acc[o][j]);
        }
      }
    }
  }
}

INLINE void store_block(real_v acc[OC_BLOCK][LANE_BLOCK], const int oc, __global stored_t *dst, const long dst_plane,
                        __global const stored_t *operand, const long operand_plane, const int joining,
                        __global const float *slopes, const int lanes, const int channels_out) {
#pragma unroll
  for (int o = 0; o < OC_BLOCK; o++) {
    if (oc + o >= channels_out) break;
#pragma unroll
    for (int j = 0; j < LANE_BLOCK; j++) {
      if (j * LANES >= lanes) break;
      store_epilogue(acc[o][j], operand + o * operand_plane + j * LANES, joining, slopes, oc + o,
                     dst + o * dst_plane + j * LANES);
    }
  }
}

// Global size: (lane blocks shared out, oc blocks, rows or height*width): every block of channels of a row runs before
// the next row, while the row is in cache. operand may be dst itself.
__kernel void conv2d(SRC_TENSOR(src), __global const float *restrict weights, __global const float *restrict bias,
                     __global const float *restrict slopes, __global const stored_t *operand,
                     const long operand_offset, const int operand_pitch, const long operand_plane,
                     __global stored_t *dst, const long dst_offset, const int dst_pitch, const long dst_plane,
                     const int height_in, const int width_in, const int width, const int lanes, const int channels_in,
                     const int channels_out, const int padding, const int joining, const int first_row) {
  const sizes_t sizes = {height_in, width_in, width, lanes, channels_in, channels_out, padding};
  const int oc = get_global_id(1) * OC_BLOCK;
  const int position = first_row + get_global_id(2);
#ifdef LANES_ALONG_BATCH
  const int y = position / width, x = position % width;
#else
  const int y = position, x = 0;
#endif
  __global const float *block_weights = weights + (long)oc * (channels_in * FILTER_H * FILTER_W);
  const int step = LANE_BLOCK * LANES;
  for (int lane = get_global_id(0) * step; lane < lanes; lane += get_global_size(0) * step) {
    real_v acc[OC_BLOCK][LANE_BLOCK];
#pragma unroll
    for (int o = 0; o < OC_BLOCK; o++)
#pragma unroll
      for (int j = 0; j < LANE_BLOCK; j++) acc[o][j] = bias[oc + o];
#if defined(LANES_ALONG_BATCH) || STRIDE > 1 || !PADDED  // none, strided loads mask their own, or only unread lanes
    accumulate_in_private(acc, src + src_offset, src_pitch, src_plane, block_weights, y, x, lane, sizes, 0);
#else
    if (lane < padding || lane + step + FILTER_W - 1 - padding > width_in)
      accumulate_in_private(acc, src + src_offset, src_pitch, src_plane, block_weights, y, x, lane, sizes, 1);
    else
      accumulate_in_private(acc, src + src_offset, src_pitch, src_plane, block_weights, y, x, lane, sizes, 0);
#endif
    store_block(acc, oc, dst + dst_offset + oc * dst_plane + (long)position * dst_pitch + lane, dst_plane,
                operand + operand_offset + oc * operand_plane + (long)position * operand_pitch + lane,
                operand_plane, joining, slopes, lanes - lane, channels_out);
  }
}
