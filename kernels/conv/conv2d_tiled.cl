// Convolution for GPUs: conv2d.cl's sums from tiles in local memory; also the phases of a transposed convolution.
//
//   sum[oc, y, x] = bias[oc]
//                   + sum_{ic, ky, kx} weights[oc, ic, ky, kx] * src[ic, y*STRIDE + ky - PADDING, x*STRIDE + kx - PADDING]
//   dst[oc, y, x] = act(sum), act(sum + operand[oc, y, x]) or act(sigmoid(sum) * operand[oc, y, x])
//
// src is (CHANNELS_IN, height_in, width_in), dst is (CHANNELS_OUT, height, width); layouts in include/lanes.h.
// weights are packed [oc tile][ic chunk][ic][ky][kx][oc group][OC_BLOCK, to a multiple of 4], zero where there is none;
// bias and slopes are padded to whole oc tiles.
//
//   one work-group = TILE_LANES lanes x ROW_GROUPS*ROWS rows x OC_GROUPS*OC_BLOCK channels of dst
//   one work-item  = 1 lane          x            ROWS rows x            OC_BLOCK channels, all in registers
//
//     global -> local     IC_CHUNK channels of src with the halo, neighbouring items reading neighbouring lanes,
//                         and the weights of those channels; then for each channel and column kx of the window
//     local -> private    a column of (ROWS-1)*STRIDE + FILTER_H pixels, no two lanes in one bank, and for each ky
//                         OC_BLOCK weights, four at a time and the same for all lanes of a warp
//     private             OC_BLOCK * ROWS multiply-adds for them
//
// Many registers and few items at once, not many items that wait for loads: Volkov, "Better performance at lower
// occupancy", GTC 2010. Figures of every configuration in use: docs/gpu-kernels.md.
//
// With PHASES = s the channels are the s*s sub-pixel phases of a transposed convolution of PHASE_FILTER, PHASE_PADDING
// (conv_transpose2d.cl), and taps that a phase lacks are known when this is compiled and cost nothing.

#include "include/lanes.h"
#include "include/epilogue.h"

#if !defined(CHANNELS_IN) || !defined(CHANNELS_OUT) || !defined(FILTER_H) || !defined(FILTER_W)
#error "CHANNELS_IN, CHANNELS_OUT, FILTER_H and FILTER_W are needed"
#endif
#if !defined(STRIDE) || !defined(PADDING)
#error "STRIDE and PADDING are needed"
#endif
#if !defined(TILE_LANES) || !defined(ROWS) || !defined(ROW_GROUPS)
#error "TILE_LANES, ROWS and ROW_GROUPS are needed"
#endif
#if !defined(OC_BLOCK) || !defined(OC_GROUPS) || !defined(IC_CHUNK)
#error "OC_BLOCK, OC_GROUPS and IC_CHUNK are needed"
#endif
#ifndef JOINING
#define JOINING JOINING_NONE
#endif
#if LANES != 1
#error "LANES must be 1: lanes are work-items here"
#endif

#define GROUP_ITEMS (TILE_LANES * OC_GROUPS * ROW_GROUPS)
#define TILE_ROWS (ROWS * ROW_GROUPS)
#define OC_VECTORS ((OC_BLOCK + 3) / 4)
#define IC_CHUNKS ((CHANNELS_IN + IC_CHUNK - 1) / IC_CHUNK)
#define TAP_WEIGHTS (OC_GROUPS * OC_VECTORS)                        // vectors of weights of one tap of one channel
#define CHUNK_WEIGHTS (IC_CHUNK * FILTER_H * FILTER_W * TAP_WEIGHTS)  // and of all taps of a chunk

#include "include/conv_tile.h"

#ifdef PHASES
// Tap k of a window of FILTER is tap PHASES*j + phase + PHASE_PADDING of the whole filter, j = PADDING - k.
#define IN_FILTER(k, phase) \
  (PHASES * (PADDING - (k)) + (phase) + PHASE_PADDING >= 0 && PHASES * (PADDING - (k)) + (phase) + PHASE_PADDING < PHASE_FILTER)
#define HAS_TAP(o, ky, kx) (IN_FILTER(ky, (o) / PHASES % PHASES) && IN_FILTER(kx, (o) % PHASES))
#else
#define HAS_TAP(o, ky, kx) 1
#endif

// A channel that there is. Not only for the last tile: three loads side by side, of bias or slopes, crash LLVM 19's AMD
// back end, and the minimum keeps them apart.
#define CHANNEL(oc) min(oc, CHANNELS_OUT - 1)

// IC_CHUNK channels of src from ic0 on, from row top and column left on; zero beyond src.
INLINE void load_tile_to_local(__local float *tile, __global const stored_t *src, const int src_pitch, const long src_plane,
                               const int ic0, const int top, const int left, const int first_lane, const sizes_t sizes) {
#pragma unroll 1
  for (int pixel = get_local_id(0); pixel < SRC_ROWS * SRC_LANES; pixel += GROUP_ITEMS) {
    const pixel_t found = pixel_of_tile(pixel, src_pitch, top, left, first_lane, sizes);
    __global const stored_t *from = src + ic0 * src_plane + found.at;
    const int channels = min(IC_CHUNK, CHANNELS_IN - ic0);
    float values[IC_CHUNK];
#pragma unroll
    for (int ic = 0; ic < IC_CHUNK; ic++) values[ic] = LOAD(from + min(ic, channels - 1) * src_plane);
#pragma unroll
    for (int ic = 0; ic < IC_CHUNK; ic++)
      tile[ic * (SRC_ROWS * SRC_LANES) + pixel] = found.inside && ic < channels ? values[ic] : 0.0f;
  }
}

#define LOADS 4  // under way at once; more take registers

INLINE void load_weights_to_local(__local float4 *local_weights, __global const float4 *weights) {
#pragma unroll 1
  for (int first = get_local_id(0); first < CHUNK_WEIGHTS; first += LOADS * GROUP_ITEMS) {
    float4 values[LOADS];
#pragma unroll
    for (int u = 0; u < LOADS; u++) values[u] = weights[min(first + u * GROUP_ITEMS, CHUNK_WEIGHTS - 1)];
#pragma unroll
    for (int u = 0; u < LOADS; u++)
      if (first + u * GROUP_ITEMS < CHUNK_WEIGHTS) local_weights[first + u * GROUP_ITEMS] = values[u];
  }
}

// Adds every tap of a chunk to acc; tile begins at this item's first row and lane, weights at its group of channels.
INLINE void accumulate_in_private(float acc[OC_BLOCK][ROWS], __local const float *tile, __local const float4 *weights) {
#if FILTER_H * FILTER_W == 1
#pragma unroll 2  // a single tap does not pay for a loop; more of them take registers
#else
#pragma unroll 1
#endif
  for (int ic = 0; ic < IC_CHUNK; ic++) {
#if FILTER_W > 5
#pragma unroll 1  // the whole window of 9x9 would not fit the instruction cache
#else
#pragma unroll
#endif
    for (int kx = 0; kx < FILTER_W; kx++) {
      float column[(ROWS - 1) * STRIDE + FILTER_H];
#pragma unroll
      for (int r = 0; r < (ROWS - 1) * STRIDE + FILTER_H; r++)
        column[r] = tile[(ic * SRC_ROWS + r) * SRC_LANES + TAP_LANE(0, kx)];
#pragma unroll
      for (int ky = 0; ky < FILTER_H; ky++) {
        float w[4 * OC_VECTORS];
#pragma unroll
        for (int v = 0; v < OC_VECTORS; v++)
          vstore4(weights[((ic * FILTER_H + ky) * FILTER_W + kx) * TAP_WEIGHTS + v], v, w);
#pragma unroll
        for (int o = 0; o < OC_BLOCK; o++)
          if (HAS_TAP(o, ky, kx))
#pragma unroll
            for (int r = 0; r < ROWS; r++) acc[o][r] = MULTIPLY_ADD(column[r * STRIDE + ky], w[o], acc[o][r]);
      }
    }
  }
}

// Local size: (GROUP_ITEMS, 1, 1). Groups: (tiles of lanes, oc tiles, tiles of rows; in patches for each column x).
// Makes rows first_row to end_row - 1, and reads none of src that they do not need: in bands there are no others.
// operand may be dst itself.
__kernel __attribute__((reqd_work_group_size(GROUP_ITEMS, 1, 1)))
void conv2d_tiled(SRC_TENSOR(src), __global const float4 *restrict weights, __global const float *restrict bias,
                  __global const float *restrict slopes, __global const stored_t *operand, const long operand_offset,
                  const int operand_pitch, const long operand_plane, __global stored_t *dst, const long dst_offset,
                  const int dst_pitch, const long dst_plane, const int height_in, const int width_in, const int width,
                  const int lanes, const int end_row, const int first_row) {
  __local float tile[IC_CHUNK * SRC_ROWS * SRC_LANES];
  __local float4 local_weights[CHUNK_WEIGHTS];
  const sizes_t sizes = {min(height_in, (end_row - 1) * STRIDE - PADDING + FILTER_H), width_in, lanes};
  const int item = get_local_id(0) % TILE_LANES, group = get_local_id(0) / TILE_LANES;
  const int oc_group = group % OC_GROUPS, row_group = group / OC_GROUPS;
  const int first_lane = get_group_id(0) * TILE_LANES;
#ifdef LANES_ALONG_BATCH
  const int top = first_row + get_group_id(2) / width * TILE_ROWS, x = get_group_id(2) % width;
#else
  const int top = first_row + get_group_id(2) * TILE_ROWS, x = first_lane;
#endif
  const int oc = (get_group_id(1) * OC_GROUPS + oc_group) * OC_BLOCK;
  float acc[OC_BLOCK][ROWS];
#pragma unroll
  for (int o = 0; o < OC_BLOCK; o++)
#pragma unroll
    for (int r = 0; r < ROWS; r++) acc[o][r] = bias[CHANNEL(oc + o)];

  weights += (long)get_group_id(1) * IC_CHUNKS * CHUNK_WEIGHTS;
#pragma unroll 1
  for (int chunk = 0; chunk < IC_CHUNKS; chunk++) {
    load_tile_to_local(tile, src + src_offset, src_pitch, src_plane, chunk * IC_CHUNK, top * STRIDE - PADDING,
                       x * STRIDE - PADDING, first_lane, sizes);
    load_weights_to_local(local_weights, weights + chunk * CHUNK_WEIGHTS);
    barrier(CLK_LOCAL_MEM_FENCE);
    accumulate_in_private(acc, tile + row_group * (ROWS * STRIDE * SRC_LANES) + TAP_LANE(item, 0),
                          local_weights + oc_group * OC_VECTORS);
    barrier(CLK_LOCAL_MEM_FENCE);
  }

  const int lane = first_lane + item;
  if (lane >= lanes) return;
#pragma unroll
  for (int r = 0; r < ROWS; r++) {
    const int y = top + row_group * ROWS + r;
    if (y >= end_row) break;
#ifdef LANES_ALONG_BATCH
    const long position = (long)y * width + x;
#else
    const long position = y;
#endif
    __global const stored_t *second = operand + operand_offset + oc * operand_plane + position * operand_pitch + lane;
    __global stored_t *first = dst + dst_offset + oc * dst_plane + position * dst_pitch + lane;
#pragma unroll
    for (int o = 0; o < OC_BLOCK; o++, first += dst_plane, second += operand_plane)
      if (CHANNELS_OUT % (OC_GROUPS * OC_BLOCK) == 0 || oc + o < CHANNELS_OUT)
        store_epilogue(acc[o][r], second, JOINING, slopes, CHANNEL(oc + o), first);
  }
}
