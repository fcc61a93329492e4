// Gradient of a convolution's filters over a batch of patches, for GPUs: conv2d_weight_gradient.cl's sums from tiles in local
// memory.
//
//   weights'[oc, ic, ky, kx] = sum_{n, y, x} grad[n, oc, y, x] * src[n, ic, y*STRIDE + ky - PADDING, x*STRIDE + kx - PADDING]
//
// src is (N, CHANNELS_IN, height_in, width_in), grad is (N, CHANNELS_OUT, height, width), the batch innermost. partials is
// [span][oc][ic][ky][kx]; of all strips of COLUMNS pixels of TILE_LANES patches, span s of SPANS takes an equal share.
//
//   one work-group = OC_GROUPS*OC_BLOCK x IC_GROUPS*IC_BLOCK filters, whole, over one span
//   one work-item  =           OC_BLOCK x           IC_BLOCK of them,  one row of taps, in registers
//
//     global -> local     COLUMNS pixels of a row of grad and the rows and columns of src that they meet, TILE_LANES
//                         patches of each
//     local -> private    four patches at a time, OC_BLOCK values of grad and IC_BLOCK of src; channels of neighbouring
//                         items are neighbours in local memory, so that no two of them meet in one bank
//     private             OC_BLOCK * IC_BLOCK * FILTER_W multiply-adds for each patch
//
// PAN x4 (Base-Net, 64 crops of 32x32) spent 292 of 341 ms in conv2d_weight_gradient.cl on an NVIDIA H200: docs/gpu.md.

#include "include/lanes.h"

#if !defined(CHANNELS_IN) || !defined(CHANNELS_OUT) || !defined(FILTER_H) || !defined(FILTER_W)
#error "CHANNELS_IN, CHANNELS_OUT, FILTER_H and FILTER_W are needed"
#endif
#if !defined(STRIDE) || !defined(PADDING) || !defined(SPANS)
#error "STRIDE, PADDING and SPANS are needed"
#endif
#if !defined(OC_BLOCK) || !defined(IC_BLOCK) || !defined(OC_GROUPS) || !defined(IC_GROUPS)
#error "OC_BLOCK, IC_BLOCK, OC_GROUPS and IC_GROUPS are needed"
#endif
#if !defined(COLUMNS) || !defined(TILE_LANES)
#error "COLUMNS and TILE_LANES are needed"
#endif
#if LANES != 1
#error "LANES must be 1: lanes are summed over here"
#endif

#define GROUP_ITEMS (OC_GROUPS * IC_GROUPS * FILTER_H)
#define OC_TILE (OC_GROUPS * OC_BLOCK)
#define IC_TILE (IC_GROUPS * IC_BLOCK)
#define SRC_COLUMNS ((COLUMNS - 1) * STRIDE + FILTER_W)
#define VECTORS (TILE_LANES / 4)
#define SPAN_BEGIN(span, units) ((int)((long)(units) * (span) / SPANS))

typedef struct {
  int height_in, width_in, height, width, lanes;
} sizes_t;

// Four patches' values, zero for those beyond the batch: behind the last may be a NaN. Rows begin at multiples of 16 floats.
INLINE float4 load_patches(__global const float *from, const int lane, const int lanes) {
  const float4 v = *(__global const float4 *)(from + lane);
  return select((float4)(0.0f), v, lane + (int4)(0, 1, 2, 3) < lanes);
}

// COLUMNS pixels of row y of grad from column x on: [column][vector][channel].
INLINE void load_grad_to_local(__local float4 *tile, __global const float *grad, const int pitch, const long plane, const int oc0,
                               const int y, const int x, const int lane, const sizes_t sizes) {
  for (int i = get_local_id(0); i < OC_TILE * COLUMNS * VECTORS; i += GROUP_ITEMS) {
    const int v = i % VECTORS, column = i / VECTORS % COLUMNS, c = i / (VECTORS * COLUMNS);
    float4 value = 0.0f;
    if (oc0 + c < CHANNELS_OUT && x + column < sizes.width)
      value = load_patches(grad + (oc0 + c) * plane + (long)(y * sizes.width + x + column) * pitch, lane + 4 * v, sizes.lanes);
    tile[(column * VECTORS + v) * OC_TILE + c] = value;
  }
}

// The FILTER_H rows and SRC_COLUMNS columns of src from row top and column left on: [row][column][vector][channel].
INLINE void load_src_to_local(__local float4 *tile, __global const float *src, const int pitch, const long plane, const int ic0,
                              const int top, const int left, const int lane, const sizes_t sizes) {
  for (int i = get_local_id(0); i < IC_TILE * FILTER_H * SRC_COLUMNS * VECTORS; i += GROUP_ITEMS) {
    const int v = i % VECTORS, column = i / VECTORS % SRC_COLUMNS;
    const int row = i / (VECTORS * SRC_COLUMNS) % FILTER_H, c = i / (VECTORS * SRC_COLUMNS * FILTER_H);
    const int y = top + row, x = left + column;
    float4 value = 0.0f;
    if (ic0 + c < CHANNELS_IN && y >= 0 && y < sizes.height_in && x >= 0 && x < sizes.width_in)
      value = load_patches(src + (ic0 + c) * plane + (long)(y * sizes.width_in + x) * pitch, lane + 4 * v, sizes.lanes);
    tile[((row * SRC_COLUMNS + column) * VECTORS + v) * IC_TILE + c] = value;
  }
}

// The products of all pixels in local memory; grad begins at this item's first channel, src at its row and first channel.
INLINE void accumulate_in_private(float acc[OC_BLOCK][IC_BLOCK][FILTER_W], __local const float4 *grad, __local const float4 *src) {
#pragma unroll 1
  for (int column = 0; column < COLUMNS; column++) {
#pragma unroll 1
    for (int v = 0; v < VECTORS; v++) {
      float4 g[OC_BLOCK];
#pragma unroll
      for (int o = 0; o < OC_BLOCK; o++) g[o] = grad[(column * VECTORS + v) * OC_TILE + o * OC_GROUPS];
#pragma unroll
      for (int i = 0; i < IC_BLOCK; i++) {
#pragma unroll
        for (int kx = 0; kx < FILTER_W; kx++) {
          const float4 s = src[((column * STRIDE + kx) * VECTORS + v) * IC_TILE + i * IC_GROUPS];
#pragma unroll
          for (int o = 0; o < OC_BLOCK; o++) {
            acc[o][i][kx] = fma(g[o].x, s.x, acc[o][i][kx]);
            acc[o][i][kx] = fma(g[o].y, s.y, acc[o][i][kx]);
            acc[o][i][kx] = fma(g[o].z, s.z, acc[o][i][kx]);
            acc[o][i][kx] = fma(g[o].w, s.w, acc[o][i][kx]);
          }
        }
      }
    }
  }
}

// Local size: (GROUP_ITEMS, 1, 1). Groups: (tiles of input channels, tiles of output channels, SPANS).
__kernel __attribute__((reqd_work_group_size(GROUP_ITEMS, 1, 1)))
void conv2d_weight_gradient_tiled(SRC_TENSOR(src), SRC_TENSOR(grad), __global float *restrict partials, const long partials_offset,
                                  const int height_in, const int width_in, const int height, const int width, const int lanes) {
  __local float4 src_tile[FILTER_H * SRC_COLUMNS * VECTORS * IC_TILE];
  __local float4 grad_tile[COLUMNS * VECTORS * OC_TILE];
  const sizes_t sizes = {height_in, width_in, height, width, lanes};
  const int ic_group = get_local_id(0) % IC_GROUPS, oc_group = get_local_id(0) / IC_GROUPS % OC_GROUPS;
  const int ky = get_local_id(0) / (IC_GROUPS * OC_GROUPS);
  const int ic0 = get_group_id(0) * IC_TILE, oc0 = get_group_id(1) * OC_TILE, span = get_group_id(2);
  float acc[OC_BLOCK][IC_BLOCK][FILTER_W];
#pragma unroll
  for (int o = 0; o < OC_BLOCK; o++)
#pragma unroll
    for (int i = 0; i < IC_BLOCK; i++)
#pragma unroll
      for (int kx = 0; kx < FILTER_W; kx++) acc[o][i][kx] = 0.0f;

  const int strips = (width + COLUMNS - 1) / COLUMNS, units = (lanes + TILE_LANES - 1) / TILE_LANES * height * strips;
  const int end = SPAN_BEGIN(span + 1, units);
#pragma unroll 1
  for (int unit = SPAN_BEGIN(span, units); unit < end; unit++) {
    const int x = unit % strips * COLUMNS, y = unit / strips % height, lane = unit / (strips * height) * TILE_LANES;
    load_grad_to_local(grad_tile, grad + grad_offset, grad_pitch, grad_plane, oc0, y, x, lane, sizes);
    load_src_to_local(src_tile, src + src_offset, src_pitch, src_plane, ic0, y * STRIDE - PADDING, x * STRIDE - PADDING, lane,
                      sizes);
    barrier(CLK_LOCAL_MEM_FENCE);
    accumulate_in_private(acc, grad_tile + oc_group, src_tile + ky * (SRC_COLUMNS * VECTORS * IC_TILE) + ic_group);
    barrier(CLK_LOCAL_MEM_FENCE);
  }

  __global float *to = partials + partials_offset + (long)span * (CHANNELS_OUT * CHANNELS_IN * FILTER_H * FILTER_W);
#pragma unroll
  for (int o = 0; o < OC_BLOCK; o++) {
    const int oc = oc0 + o * OC_GROUPS + oc_group;
#pragma unroll
    for (int i = 0; i < IC_BLOCK; i++) {
      const int ic = ic0 + i * IC_GROUPS + ic_group;
#pragma unroll
      for (int kx = 0; kx < FILTER_W; kx++)
        if (oc < CHANNELS_OUT && ic < CHANNELS_IN) to[((oc * CHANNELS_IN + ic) * FILTER_H + ky) * FILTER_W + kx] = acc[o][i][kx];
    }
  }
}
