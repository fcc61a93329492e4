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
#include "include/partial_sums.h"

#if !defined(CHANNELS_IN) || !defined(CHANNELS_OUT) || !defined(FILTER_H) || !defined(FILTER_W)
#error "CHANNELS_IN, CHANNELS_OUT, FILTER_H and FILTER_W are needed"
#endif
#if !defined(STRIDE) || !defined(PADDING)
#error "STRIDE and PADDING are needed"
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
#define TILE_VECTORS (TILE_LANES / 4)

// Channels lie an odd number of vectors apart from pixel to pixel, so that neighbouring items' stores meet no bank twice.
#define OC_PITCH (OC_TILE | 1)
#define IC_PITCH (IC_TILE | 1)
#define LOADS (COLUMNS == 2 ? 1 : 2)  // under way at once; 4, or 2 of 2 columns, take too many registers at 64 channels

typedef struct {
  __global const float *first;  // channel 0
  int pitch;
  long plane;
  int channels, height, width;
} tensor_t;

// TILE_LANES patches of rows*columns pixels from row top and column left on, of tile_channels channels from c0 on:
// [row][column][vector][channel]; zero beyond the tensor and, as a NaN may be there, beyond the batch. An item finds out where
// its pixel lies once for all channels. Coordinates are clamped to the tensor, so that no load waits for a branch. Rows of
// the tensor begin at multiples of 16 floats.
INLINE void load_to_local(__local float4 *tile, const int tile_channels, const int tile_pitch, const tensor_t from, const int c0,
                          const int top, const int rows, const int left, const int columns, const int first_lane,
                          const int lanes) {
  const int vectors = rows * columns * TILE_VECTORS;
  const int spread = min(vectors, GROUP_ITEMS), step = GROUP_ITEMS / spread, first_c = get_local_id(0) / spread;
  if (first_c >= step) return;
#pragma unroll 1
  for (int vector = get_local_id(0) % spread; vector < vectors; vector += GROUP_ITEMS) {
    const int x = left + vector / TILE_VECTORS % columns, y = top + vector / (TILE_VECTORS * columns);
    const int x_in = clamp(x, 0, from.width - 1), y_in = clamp(y, 0, from.height - 1);
    const int lane = first_lane + vector % TILE_VECTORS * 4, inside = x == x_in && y == y_in ? lanes : 0;
    const int4 keep = lane + (int4)(0, 1, 2, 3) < inside;
    __global const float *pixel = from.first + (long)(y_in * from.width + x_in) * from.pitch + lane;
#pragma unroll 1
    for (int first = first_c; first < tile_channels; first += LOADS * step) {
      float4 values[LOADS];
#pragma unroll
      for (int u = 0; u < LOADS; u++)
        values[u] = *(__global const float4 *)(pixel + min(c0 + first + u * step, from.channels - 1) * from.plane);
#pragma unroll
      for (int u = 0; u < LOADS; u++) {
        const int c = first + u * step;
        const int4 whole = c0 + c < from.channels ? keep : (int4)(0);
        if (c < tile_channels) tile[vector * tile_pitch + c] = select((float4)(0.0f), values[u], whole);
      }
    }
  }
}

// The products of all pixels in local memory; grad begins at this item's first channel, src at its row and first channel.
INLINE void accumulate_in_private(float acc[OC_BLOCK][IC_BLOCK][FILTER_W], __local const float4 *grad, __local const float4 *src) {
#pragma unroll 1
  for (int column = 0; column < COLUMNS; column++) {
#pragma unroll 1
    for (int v = 0; v < TILE_VECTORS; v++) {
      float4 g[OC_BLOCK];
#pragma unroll
      for (int o = 0; o < OC_BLOCK; o++) g[o] = grad[(column * TILE_VECTORS + v) * OC_PITCH + o * OC_GROUPS];
#pragma unroll
      for (int i = 0; i < IC_BLOCK; i++) {
#pragma unroll
        for (int kx = 0; kx < FILTER_W; kx++) {
          const float4 s = src[((column * STRIDE + kx) * TILE_VECTORS + v) * IC_PITCH + i * IC_GROUPS];
#pragma unroll
          for (int o = 0; o < OC_BLOCK; o++) {
            acc[o][i][kx] = MULTIPLY_ADD(g[o].x, s.x, acc[o][i][kx]);
            acc[o][i][kx] = MULTIPLY_ADD(g[o].y, s.y, acc[o][i][kx]);
            acc[o][i][kx] = MULTIPLY_ADD(g[o].z, s.z, acc[o][i][kx]);
            acc[o][i][kx] = MULTIPLY_ADD(g[o].w, s.w, acc[o][i][kx]);
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
  __local float4 src_tile[FILTER_H * SRC_COLUMNS * TILE_VECTORS * IC_PITCH];
  __local float4 grad_tile[COLUMNS * TILE_VECTORS * OC_PITCH];
  const tensor_t whole_src = {src + src_offset, src_pitch, src_plane, CHANNELS_IN, height_in, width_in};
  const tensor_t whole_grad = {grad + grad_offset, grad_pitch, grad_plane, CHANNELS_OUT, height, width};
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
    load_to_local(grad_tile, OC_TILE, OC_PITCH, whole_grad, oc0, y, 1, x, COLUMNS, lane, lanes);
    load_to_local(src_tile, IC_TILE, IC_PITCH, whole_src, ic0, y * STRIDE - PADDING, FILTER_H, x * STRIDE - PADDING, SRC_COLUMNS, lane,
                  lanes);
    barrier(CLK_LOCAL_MEM_FENCE);
    accumulate_in_private(acc, grad_tile + oc_group, src_tile + ky * (SRC_COLUMNS * TILE_VECTORS * IC_PITCH) + ic_group);
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
