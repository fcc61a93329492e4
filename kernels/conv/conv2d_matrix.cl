// Convolution for GPUs with matrix units: conv2d.cl's sums as products of matrices, include/matrix.h, from tiles in local memory.
// With HALF both factors are halves; without, in training alone, floats of which 11 bits count. Sums are fp32.
//
//   sum[oc, y, x] = bias[oc]
//                   + sum_{ic, ky, kx} weights[oc, ic, ky, kx] * src[ic, y*STRIDE + ky - PADDING, x*STRIDE + kx - PADDING]
//   dst[oc, y, x] = act(sum), act(sum + operand[oc, y, x]) or act(sigmoid(sum) * operand[oc, y, x])
//
// src is (CHANNELS_IN, height_in, width_in), dst is (CHANNELS_OUT, height, width); layouts in include/lanes.h.
// weights are packed [oc tile][chunk][step][ky][kx][column tile][column][word][channel of the word], zero where there is none.
//
//   one work-group = TILE_LANES lanes x ROW_GROUPS*ROWS rows x COLUMN_TILES*8 channels of dst
//   one warp       = TILE_LANES lanes x            ROWS rows x COLUMN_TILES*8 channels: products of 16 lanes x 8 channels
//
//     global -> local     STEPS steps of channels of src with the halo as words, planes 8 banks apart, and their weights; then
//                         for SIDE steps and each column kx of the window
//     local -> private    the words of (ROWS-1)*STRIDE + FILTER_H rows of pixels and, for each ky, of all channels of dst
//     private             ROWS * TILE_LANES/16 * COLUMN_TILES products of matrices for them

#include "include/lanes.h"
#include "include/epilogue.h"

#if !defined(CHANNELS_IN) || !defined(CHANNELS_OUT) || !defined(FILTER_H) || !defined(FILTER_W)
#error "CHANNELS_IN, CHANNELS_OUT, FILTER_H and FILTER_W are needed"
#endif
#if !defined(STRIDE) || !defined(PADDING)
#error "STRIDE and PADDING are needed"
#endif
#if !defined(ROWS) || !defined(ROW_GROUPS) || !defined(COLUMN_TILES) || !defined(STEPS) || !defined(SIDE)
#error "ROWS, ROW_GROUPS, COLUMN_TILES, STEPS and SIDE are needed"
#endif
#ifndef JOINING
#define JOINING JOINING_NONE
#endif
#if LANES != 1
#error "LANES must be 1: lanes are work-items here"
#endif

#define TILE_LANES 32
#define LANE_TILES (TILE_LANES / 16)
#define GROUP_ITEMS (32 * ROW_GROUPS)
#define TILE_ROWS (ROWS * ROW_GROUPS)
#define WINDOW_ROWS ((ROWS - 1) * STRIDE + FILTER_H)
#include "include/conv_tile.h"
#define SRC_PLANE ((SRC_ROWS * SRC_LANES + 23) / 32 * 32 + 8)  // words of a word of all pixels

#define A_ROW LANE_STEP
#define A_WORD SRC_PLANE
#define B_WORD 1
#define B_COLUMN 4
#include "include/matrix.h"

#define CHUNK_WORDS (STEPS * STEP_WORDS)
#define CHUNK_CHANNELS (CHUNK_WORDS * WORD_CHANNELS)
#define CHUNKS ((CHANNELS_IN + CHUNK_CHANNELS - 1) / CHUNK_CHANNELS)
#define TAP_WEIGHTS (COLUMN_TILES * MATRIX_COLUMNS * STEP_WORDS)    // words of one tap of a step
#define STEP_WEIGHTS (FILTER_H * FILTER_W * TAP_WEIGHTS)
#define CHUNK_VECTORS (STEPS * STEP_WEIGHTS / 4)
#define OC_TILE (COLUMN_TILES * MATRIX_COLUMNS)
#define CHANNEL(oc) min(oc, CHANNELS_OUT - 1)

// The word of channels c on of a pixel, of those there are.
INLINE uint load_word(__global const stored_t *pixel, const long plane, const int c, const int channels) {
#ifdef HALF
  __global const ushort *bits = (__global const ushort *)pixel;
  const uint low = bits[min(c, channels - 1) * plane], high = bits[min(c + 1, channels - 1) * plane];
  return (c < channels ? low : 0) | (c + 1 < channels ? high << 16 : 0);
#else
  const uint word = tf32(pixel[min(c, channels - 1) * plane]);
  return c < channels ? word : 0;
#endif
}

// A chunk of src from channel ic0, row top and column left on; zero beyond src.
INLINE void load_tile_to_local(__local uint *tile, __global const stored_t *src, const int src_pitch, const long src_plane,
                               const int ic0, const int top, const int left, const int first_lane, const sizes_t sizes) {
#pragma unroll 1
  for (int pixel = get_local_id(0); pixel < SRC_ROWS * SRC_LANES; pixel += GROUP_ITEMS) {
    const pixel_t found = pixel_of_tile(pixel, src_pitch, top, left, first_lane, sizes);
    __global const stored_t *from = src + ic0 * src_plane + found.at;
    uint words[CHUNK_WORDS];
#pragma unroll
    for (int w = 0; w < CHUNK_WORDS; w++) words[w] = load_word(from, src_plane, w * WORD_CHANNELS, CHANNELS_IN - ic0);
#pragma unroll
    for (int w = 0; w < CHUNK_WORDS; w++) tile[w * SRC_PLANE + pixel] = found.inside ? words[w] : 0;
  }
}

#define LOADS 4  // under way at once

INLINE void load_weights_to_local(__local uint4 *local_weights, __global const uint4 *weights) {
#pragma unroll 1
  for (int first = get_local_id(0); first < CHUNK_VECTORS; first += LOADS * GROUP_ITEMS) {
    uint4 values[LOADS];
#pragma unroll
    for (int u = 0; u < LOADS; u++) values[u] = weights[min(first + u * GROUP_ITEMS, CHUNK_VECTORS - 1)];
#pragma unroll
    for (int u = 0; u < LOADS; u++) {
#ifndef HALF
      const float4 v = as_float4(values[u]);
      values[u] = (uint4)(tf32(v.x), tf32(v.y), tf32(v.z), tf32(v.w));
#endif
      if (first + u * GROUP_ITEMS < CHUNK_VECTORS) local_weights[first + u * GROUP_ITEMS] = values[u];
    }
  }
}

typedef float sums_t[ROWS][LANE_TILES][COLUMN_TILES][4];

// Adds every tap of a chunk to acc; tile and weights begin at this item's words.
INLINE void accumulate_in_private(sums_t acc, __local const uint *tile, __local const uint *weights) {
#pragma unroll 1
  for (int step = 0; step < STEPS; step += SIDE) {
#pragma unroll 1
    for (int kx = 0; kx < FILTER_W; kx++) {
      a_words_t column[WINDOW_ROWS][LANE_TILES][SIDE];
      MATRIX_UNROLL
      for (int r = 0; r < WINDOW_ROWS; r++)
        MATRIX_UNROLL
        for (int l = 0; l < LANE_TILES; l++)
          MATRIX_UNROLL
          for (int s = 0; s < SIDE; s++)
            column[r][l][s] = A_WORDS(tile + (step + s) * (STEP_WORDS * SRC_PLANE) + r * SRC_LANES + TAP_LANE(l * 16, kx));
      MATRIX_UNROLL
      for (int ky = 0; ky < FILTER_H; ky++)
        MATRIX_UNROLL
        for (int n = 0; n < COLUMN_TILES; n++) {
          b_words_t b[SIDE];
          MATRIX_UNROLL
          for (int s = 0; s < SIDE; s++)
            b[s] = B_WORDS(weights + (step + s) * STEP_WEIGHTS + (ky * FILTER_W + kx) * TAP_WEIGHTS + n * (MATRIX_COLUMNS * STEP_WORDS));
          MATRIX_UNROLL
          for (int r = 0; r < ROWS; r++)
            MATRIX_UNROLL
            for (int l = 0; l < LANE_TILES; l++)
#if SIDE == 2
              multiply_add_two(acc[r][l][n], column[r * STRIDE + ky][l], b);
#else
              multiply_add(acc[r][l][n], column[r * STRIDE + ky][l][0], b[0]);
#endif
        }
    }
  }
}

// Local size: (GROUP_ITEMS, 1, 1). Groups: (tiles of lanes, oc tiles, tiles of rows; in patches for each column x).
// Makes rows first_row to end_row - 1, and reads none of src that they do not need: in bands there are no others.
// operand may be dst itself.
__kernel __attribute__((reqd_work_group_size(GROUP_ITEMS, 1, 1)))
void conv2d_matrix(SRC_TENSOR(src), __global const uint4 *restrict weights, __global const float *restrict bias,
                   __global const float *restrict slopes, __global const stored_t *operand, const long operand_offset,
                   const int operand_pitch, const long operand_plane, __global stored_t *dst, const long dst_offset,
                   const int dst_pitch, const long dst_plane, const int height_in, const int width_in, const int width,
                   const int lanes, const int end_row, const int first_row) {
  __local uint tile[CHUNK_WORDS * SRC_PLANE];
  __local uint4 local_weights[CHUNK_VECTORS];
  const sizes_t sizes = {min(height_in, (end_row - 1) * STRIDE - PADDING + FILTER_H), width_in, lanes};
  const int row_group = get_local_id(0) / WARP, first_lane = get_group_id(0) * TILE_LANES;
#ifdef LANES_ALONG_BATCH
  const int top = first_row + get_group_id(2) / width * TILE_ROWS, x = get_group_id(2) % width;
#else
  const int top = first_row + get_group_id(2) * TILE_ROWS, x = first_lane;
#endif
  const int oc = get_group_id(1) * OC_TILE + 2 * WARP_T;  // the item's first of COLUMN_TILES pairs
  sums_t acc;
  MATRIX_UNROLL
  for (int r = 0; r < ROWS; r++)
    MATRIX_UNROLL
    for (int l = 0; l < LANE_TILES; l++)
      MATRIX_UNROLL
      for (int n = 0; n < COLUMN_TILES; n++)
        MATRIX_UNROLL
        for (int i = 0; i < 4; i++) acc[r][l][n][i] = bias[CHANNEL(oc + n * MATRIX_COLUMNS + i % 2)];

  weights += (long)get_group_id(1) * CHUNKS * CHUNK_VECTORS;
#pragma unroll 1
  for (int chunk = 0; chunk < CHUNKS; chunk++) {
    load_tile_to_local(tile, src + src_offset, src_pitch, src_plane, chunk * CHUNK_CHANNELS, top * STRIDE - PADDING,
                       x * STRIDE - PADDING, first_lane, sizes);
    load_weights_to_local(local_weights, weights + chunk * CHUNK_VECTORS);
    barrier(CLK_LOCAL_MEM_FENCE);
    accumulate_in_private(acc, A_ORIGIN(tile + row_group * (ROWS * STRIDE * SRC_LANES)), B_ORIGIN((__local const uint *)local_weights));
    barrier(CLK_LOCAL_MEM_FENCE);
  }

  MATRIX_UNROLL
  for (int r = 0; r < ROWS; r++) {
    const int y = top + row_group * ROWS + r;
    if (y >= end_row) break;
#ifdef LANES_ALONG_BATCH
    const long position = (long)y * width + x;
#else
    const long position = y;
#endif
    const int lane = first_lane + WARP_G;
    __global const stored_t *second = operand + operand_offset + oc * operand_plane + position * operand_pitch + lane;
    __global stored_t *first = dst + dst_offset + oc * dst_plane + position * dst_pitch + lane;
    MATRIX_UNROLL
    for (int n = 0; n < COLUMN_TILES; n++, first += MATRIX_COLUMNS * dst_plane, second += MATRIX_COLUMNS * operand_plane)
      MATRIX_UNROLL
      for (int i = 0; i < 4; i++)
        MATRIX_UNROLL
        for (int l = 0; l < LANE_TILES; l++) {
          const int c = oc + n * MATRIX_COLUMNS + i % 2, right = l * 16 + i / 2 * 8;
          if (c < CHANNELS_OUT && lane + right < lanes)
            store_epilogue(acc[r][l][n][i], second + i % 2 * operand_plane + right, JOINING, slopes, c,
                           first + i % 2 * dst_plane + right);
        }
  }
}
