// 3x3 or 5x5 convolution, stride 1, by Winograd F(4x4, FILTER x FILTER), fused per block of tiles: transform, 36 or 64 small
// products and inverse transform happen in a scratch that stays in cache, so nothing but src and dst goes through memory.
//
//   dst[oc, y, x] = epilogue(bias[oc] + sum_{ic, ky, kx} weights[oc, ic, ky, kx] * src[ic, y + ky - padding, x + kx - padding])
//
// src is (CHANNELS_IN, height_in, width_in), dst is (channels_out, height, width); layouts in include/lanes.h. weights are
// transformed, U = G g G^T, and packed [oc block][POINTS][ic][OC_BLOCK]; bias and slopes are padded to whole blocks.
//
//   frame    a block is LANE_BLOCK*LANES neighbouring tiles of one row of tiles: 4 rows of 4*LANE_BLOCK*LANES pixels
//   patches  a block is one tile position of LANE_BLOCK*LANES patches; the lanes need no shuffle
//
// The phases of a transposed convolution are such a convolution too, of filters with many zeros: CHANNEL_ORDER sorts its
// channels by which taps are zero, POINT_MASKS has a bit for each point that a block of channels has weights for.
//
// Rows and columns are walked by loops that stay loops: unrolled, they take PoCL three times as long to compile, and frames
// (whose 36 or 64 vectors fit the registers neither way) run no faster.
//
// The products wait for no memory, so they fetch the rows that they will store to and those of the next block: a block reads and
// writes short pieces of many rows, which no CPU foresees. 64 channels, 480x270, Zen 5: 10.4 to 8.7 ms a layer.
//
// With windows of 5x5, 3 to 56 channels, 480x270 takes 2.9 ms instead of the direct kernel's 7.1 (Zen 4).
//
// One work-item is one block. For CPUs: the scratch lives in local memory, which a GPU has too little of. Error against double sums: 1e-5 of the output's range.

#if !defined(CHANNELS_IN) || !defined(FILTER)
#error "CHANNELS_IN and FILTER are needed"
#endif

#include "include/lanes.h"
#include "include/epilogue.h"
#include "include/tiles.h"
#include "include/winograd.h"

#ifndef OC_BLOCK
#define OC_BLOCK 8  // output channels held in registers
#endif
#ifndef LANE_BLOCK
#define LANE_BLOCK 3  // vectors of tiles held in registers for each of them
#endif

#define TILES (LANE_BLOCK * LANES)
#define POINTS (WINOGRAD_IN * WINOGRAD_IN)
#define INPUT_ROWS (WINOGRAD_IN * CHANNELS_IN)  // of a block
#define OUTPUT_ROWS (WINOGRAD_OUT * OC_BLOCK)
// One cache line more than the data: strides of a power of two would put all points on the same few cache sets.
#define POINT_STRIDE (CHANNELS_IN * TILES + 16)
#define PRODUCT_STRIDE (OC_BLOCK * TILES + 16)

// CHANNEL_ORDER: the channel of dst that each sum goes to. POINT_MASKS: of each block, the points that are not all zero.
#ifdef CHANNEL_ORDER
__constant int channel_order[] = CHANNEL_ORDER;
#define DST_CHANNEL(oc) channel_order[oc]
#else
#define DST_CHANNEL(oc) (oc)
#endif
#ifdef POINT_MASKS
__constant ulong point_masks[] = POINT_MASKS;
#define HAS_WEIGHTS(ob, point) ((point_masks[ob] >> (point)) & 1)
#else
#define HAS_WEIGHTS(ob, point) 1
#endif

#include "include/winograd_input.h"

INLINE void clear_point(__local float *product) {
#pragma unroll
  for (int i = 0; i < OC_BLOCK * LANE_BLOCK; i++) STORE_FLOATS((real_v)(0.0f), product + i * LANES);
}

// Multiplies one point: product[o][tile] = sum_ic u[ic][o] * v[ic][tile].
INLINE void multiply_point(__local float *product, __local const float *v, __global const float *u) {
  real_v acc[OC_BLOCK][LANE_BLOCK];
#pragma unroll
  for (int o = 0; o < OC_BLOCK; o++)
#pragma unroll
    for (int j = 0; j < LANE_BLOCK; j++) acc[o][j] = 0.0f;
#pragma unroll 2
  for (int ic = 0; ic < CHANNELS_IN; ic++) {
    real_v tile[LANE_BLOCK];
#pragma unroll
    for (int j = 0; j < LANE_BLOCK; j++) tile[j] = LOAD_FLOATS(v + ic * TILES + j * LANES);
#pragma unroll
    for (int o = 0; o < OC_BLOCK; o++) {
      const real_v weight = u[ic * OC_BLOCK + o];
#pragma unroll
      for (int j = 0; j < LANE_BLOCK; j++) acc[o][j] = fma(tile[j], weight, acc[o][j]);
    }
  }
#pragma unroll
  for (int o = 0; o < OC_BLOCK; o++)
#pragma unroll
    for (int j = 0; j < LANE_BLOCK; j++) STORE_FLOATS(acc[o][j], product + o * TILES + j * LANES);
}

// Inverse transform of the columns of one channel and LANES tiles: rows[r] is row r of every tile, still to be transformed.
INLINE void inverse_columns(real_v rows[WINOGRAD_OUT][WINOGRAD_IN], __local const float *product) {
#pragma unroll
  for (int c = 0; c < WINOGRAD_IN; c++) {
    real_v m[WINOGRAD_IN], t[WINOGRAD_OUT];
#pragma unroll
    for (int r = 0; r < WINOGRAD_IN; r++) m[r] = LOAD_FLOATS(product + (r * WINOGRAD_IN + c) * PRODUCT_STRIDE);
    WINOGRAD_OUTPUT(t, m)
#pragma unroll
    for (int r = 0; r < WINOGRAD_OUT; r++) rows[r][c] = t[r];
  }
}

// Stores row r of LANES tiles: four pixels of each, merged to neighbouring pixels (frame) or one after another (patches).
INLINE void store_tiles(real_v out[WINOGRAD_OUT], const int oc, const int x0, const int lane, const sizes_t s,
                        __global const stored_t *operand, const int operand_pitch, __global const float *slopes,
                        __global stored_t *dst, const int dst_pitch, const int joining) {
#ifdef LANES_ALONG_BATCH
  if (lane >= s.lanes) return;
#pragma unroll
  for (int c = 0; c < WINOGRAD_OUT; c++)
    if (x0 + c < s.width)
      store_epilogue(out[c], operand + (long)(x0 + c) * operand_pitch + lane, joining, slopes, oc,
                     dst + (long)(x0 + c) * dst_pitch + lane);
#else
  real_v merged[WINOGRAD_OUT];
  MERGE_TILES(merged, out)
#pragma unroll
  for (int c = 0; c < WINOGRAD_OUT; c++)
    if (x0 + c * LANES < s.width)
      store_epilogue(merged[c], operand + x0 + c * LANES, joining, slopes, oc, dst + x0 + c * LANES);
#endif
}

// Global size: (1, blocks of a row of tiles, rows of tiles) of a frame, (1, blocks of the batch, tiles) of patches.
__kernel __attribute__((reqd_work_group_size(1, 1, 1))) void conv2d_winograd(
    SRC_TENSOR(src), __global const float *restrict weights, __global const float *restrict bias,
    __global const float *restrict slopes, __global const stored_t *operand, const long operand_offset,
    const int operand_pitch, const long operand_plane, __global stored_t *dst, const long dst_offset,
    const int dst_pitch, const long dst_plane, const int height_in, const int width_in, const int height,
    const int width, const int lanes, const int channels_out, const int padding, const int joining,
    const int first_row) {
  __local float scratch[POINTS * POINT_STRIDE];
  __local float product[POINTS * PRODUCT_STRIDE];
  const sizes_t sizes = {height_in, width_in, height, width, lanes, padding};
  const int column = get_global_id(1), row = get_global_id(2);
  const int last = column + 1 == get_global_size(1);
  const block_t block = block_at(column, row, first_row, sizes);
  const block_t next = block_at(last ? 0 : column + 1, last ? row + 1 : row, first_row, sizes);
  const int blocks = (channels_out + OC_BLOCK - 1) / OC_BLOCK;
  src += src_offset;
  dst += dst_offset;
  operand += operand_offset;
  transform_block(scratch, src, src_pitch, src_plane, block, sizes);
  for (int ob = 0; ob < blocks; ob++) {
    const int channels = min(OC_BLOCK, channels_out - ob * OC_BLOCK);
    for (int point = 0; point < POINTS; point++) {
      for (int i = ob * POINTS + point; i < INPUT_ROWS; i += blocks * POINTS)
        fetch_input(src + i / WINOGRAD_IN * src_plane, src_pitch,
                    clamp(next.y - padding + i % WINOGRAD_IN, 0, height_in - 1), next, sizes);
      for (int i = point; i < OUTPUT_ROWS; i += POINTS) {
        const int oc = min(ob * OC_BLOCK + i / WINOGRAD_OUT, channels_out - 1);
        const long y = (long)min(block.y + i % WINOGRAD_OUT, height - 1) * ROWS_OF_LANES(sizes);
        fetch_output(dst + DST_CHANNEL(oc) * dst_plane + y * dst_pitch, dst_pitch, block, sizes);
        if (joining != JOINING_NONE) fetch_output(operand + oc * operand_plane + y * operand_pitch, operand_pitch, block, sizes);
      }
      if (HAS_WEIGHTS(ob, point))
        multiply_point(product + point * PRODUCT_STRIDE, scratch + point * POINT_STRIDE,
                       weights + (long)(ob * POINTS + point) * (CHANNELS_IN * OC_BLOCK));
      else
        clear_point(product + point * PRODUCT_STRIDE);
    }
    for (int o = 0; o < channels; o++) {
      const int oc = ob * OC_BLOCK + o;
      for (int j = 0; j < LANE_BLOCK; j++) {
        real_v rows[WINOGRAD_OUT][WINOGRAD_IN];
        inverse_columns(rows, product + o * TILES + j * LANES);
#pragma unroll 1
        for (int r = 0; r < WINOGRAD_OUT && block.y + r < height; r++) {
          real_v out[WINOGRAD_OUT];
          WINOGRAD_OUTPUT(out, rows[r])
#pragma unroll
          for (int c = 0; c < WINOGRAD_OUT; c++) out[c] += bias[oc];
          const long y = (long)(block.y + r) * ROWS_OF_LANES(sizes);
          store_tiles(out, oc, block.x + j * TILE_STEP, block.lane + j * LANES, sizes,
                      operand + oc * operand_plane + y * operand_pitch, operand_pitch, slopes,
                      dst + DST_CHANNEL(oc) * dst_plane + y * dst_pitch, dst_pitch, joining);
        }
      }
    }
  }
}
