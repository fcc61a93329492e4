// Gradient of a 3x3 convolution's filters, stride 1, by Winograd F(3x3, 4x4): a tile of 4x4 gradients slides over 6x6 inputs, in 36
// multiplications instead of 144 (Lavin and Gray, CVPR 2016).
//
//   weights'[oc, ic, ky, kx] = sum_{n, y, x} grad[n, oc, y, x] * src[n, ic, y + ky - PADDING, x + kx - PADDING]
//
// src is (N, CHANNELS_IN, height_in, width_in), grad is (N, CHANNELS_OUT, height, width), the batch innermost. Of a tile of LANES
// patches, src is transformed as for conv/conv2d_winograd.cl, lanes along the batch; grad is transposed first, lanes along the
// output channels. So a sum over patches and tiles takes no sums of lanes: products are of a vector of channels and a number.
//
// partials is [span][oc block][POINTS][ic][OC_LANES]: sums of products of transforms. winograd_filter_sums adds up the spans and
// transforms the sums back. For CPUs: the scratch lives in local memory. Error against double sums: below 1e-5 of the largest.

#ifndef PADDING
#error "PADDING is needed"
#endif
#if !defined(CHANNELS_IN) || !defined(CHANNELS_OUT) || !defined(OC_VECTORS) || !defined(IC_BLOCK)
#error "CHANNELS_IN, CHANNELS_OUT, OC_VECTORS (of a block) and IC_BLOCK are needed"
#endif

#define LANES_ALONG_BATCH
#define FILTER 3
#define LANE_BLOCK 1
#define TILES LANES

#include "include/lanes.h"
#define SPANS ((long)get_num_groups(1))  // here they lie along the second dimension
#include "include/partial_sums.h"
#include "include/tiles.h"
#include "include/winograd.h"

#define POINTS (WINOGRAD_IN * WINOGRAD_IN)
#define OC_LANES (OC_VECTORS * LANES)
#define IC_BLOCKS ((CHANNELS_IN + IC_BLOCK - 1) / IC_BLOCK)
// One cache line more than the data, see conv/conv2d_winograd.cl; the last block of inputs may reach beyond the last one.
#define POINT_STRIDE (IC_BLOCKS * IC_BLOCK * TILES + 16)
#define GRAD_STRIDE (LANES * OC_LANES + 16)

#include "include/winograd_input.h"

// G g for one row or column of four gradients.
#define GRADIENT_INPUT(o, g) \
  { \
    const real_v za = (g[0] + g[2]) / -6.0f, zb = (g[1] + g[3]) / -6.0f; \
    const real_v zc = g[0] / 24.0f + g[2] / 6.0f, zd = g[1] / 12.0f + g[3] / 3.0f; \
    o[0] = g[0] / 4.0f; \
    o[1] = za + zb; \
    o[2] = za - zb; \
    o[3] = zc + zd; \
    o[4] = zc - zd; \
    o[5] = g[3]; \
  }

// A^T m for one row or column of six points.
#define FILTER_OUTPUT(o, m) \
  { \
    const real_v zp = m[1] + m[2], zr = m[3] + m[4]; \
    o[0] = m[0] + zp + zr; \
    o[1] = m[1] - m[2] + 2.0f * (m[3] - m[4]); \
    o[2] = zp + 4.0f * zr + m[5]; \
  }

// Lane j of a[i] and lane i of a[j] change places: each step makes vectors 2 i and 2 i + 1 of the lanes of i and i + LANES / 2 in turns.
INLINE void transpose(real_v a[LANES]) {
#if LANES > 1
#pragma unroll
  for (int step = 1; step < LANES; step *= 2) {
    real_v zipped[LANES];
#pragma unroll
    for (int i = 0; i < LANES / 2; i++) {
      zipped[2 * i].even = a[i].lo;
      zipped[2 * i].odd = a[i + LANES / 2].lo;
      zipped[2 * i + 1].even = a[i].hi;
      zipped[2 * i + 1].odd = a[i + LANES / 2].hi;
    }
#pragma unroll
    for (int i = 0; i < LANES; i++) a[i] = zipped[i];
  }
#endif
}

// Loads the 4x4 gradients of LANES channels from oc on, zeros outside: to [patch][pixel][channel].
INLINE void load_gradients(__local float *to, __global const float *grad, const int pitch, const long plane, const int oc,
                           const block_t b, const sizes_t s) {
#pragma unroll 1
  for (int i = 0; i < WINOGRAD_OUT * WINOGRAD_OUT; i++) {
    const int y = b.y + i / WINOGRAD_OUT, x = b.x + i % WINOGRAD_OUT;
    real_v a[LANES];
    if (y < s.height && x < s.width) {
      __global const float *from = grad + (long)(y * s.width + x) * pitch + b.lane;
#pragma unroll
      for (int c = 0; c < LANES; c++) a[c] = LOAD_LANES(from + min(oc + c, CHANNELS_OUT - 1) * plane);
      transpose(a);
    } else {
#pragma unroll
      for (int n = 0; n < LANES; n++) a[n] = 0.0f;
    }
#pragma unroll
    for (int n = 0; n < LANES; n++) STORE_FLOATS(a[n], to + (n * (WINOGRAD_OUT * WINOGRAD_OUT) + i) * LANES);
  }
}

// The transform of one patch's gradients: POINTS vectors of channels to scratch, GRAD_STRIDE apart.
INLINE void transform_gradients(__local float *scratch, __local const float *from) {
  real_v rows[WINOGRAD_OUT][WINOGRAD_IN];
#pragma unroll
  for (int r = 0; r < WINOGRAD_OUT; r++) {
    real_v g[WINOGRAD_OUT];
#pragma unroll
    for (int c = 0; c < WINOGRAD_OUT; c++) g[c] = LOAD_FLOATS(from + (r * WINOGRAD_OUT + c) * LANES);
    GRADIENT_INPUT(rows[r], g)
  }
#pragma unroll
  for (int c = 0; c < WINOGRAD_IN; c++) {
    real_v g[WINOGRAD_OUT], o[WINOGRAD_IN];
#pragma unroll
    for (int r = 0; r < WINOGRAD_OUT; r++) g[r] = rows[r][c];
    GRADIENT_INPUT(o, g)
#pragma unroll
    for (int r = 0; r < WINOGRAD_IN; r++) STORE_FLOATS(o[r], scratch + (r * WINOGRAD_IN + c) * GRAD_STRIDE);
  }
}

// Adds the products of a block of channels at one point, over count patches, to sums.
INLINE void accumulate_point(__global float *sums, __local const float *v, __local const float *g, const int count,
                             const int channels, const int first) {
  real_v acc[IC_BLOCK][OC_VECTORS];
#pragma unroll
  for (int i = 0; i < IC_BLOCK; i++)
#pragma unroll
    for (int o = 0; o < OC_VECTORS; o++) {
      acc[i][o] = 0.0f;
      if (!first && i < channels) acc[i][o] = LOAD_FLOATS(sums + i * OC_LANES + o * LANES);
    }
#pragma unroll 1
  for (int n = 0; n < count; n++) {
    real_v grad[OC_VECTORS];
#pragma unroll
    for (int o = 0; o < OC_VECTORS; o++) grad[o] = LOAD_FLOATS(g + n * OC_LANES + o * LANES);
#pragma unroll
    for (int i = 0; i < IC_BLOCK; i++) {
      const real_v input = v[i * LANES + n];
#pragma unroll
      for (int o = 0; o < OC_VECTORS; o++) acc[i][o] = fma(grad[o], input, acc[i][o]);
    }
  }
#pragma unroll
  for (int i = 0; i < IC_BLOCK; i++)
#pragma unroll
    for (int o = 0; o < OC_VECTORS; o++)
      if (i < channels) STORE_FLOATS(acc[i][o], sums + i * OC_LANES + o * LANES);
}

// Global size: (blocks of output channels, SPANS).
__kernel __attribute__((reqd_work_group_size(1, 1, 1))) void conv2d_weight_gradient_winograd(
    SRC_TENSOR(src), SRC_TENSOR(grad), __global float *restrict partials, const long partials_offset, const int height_in,
    const int width_in, const int height, const int width, const int lanes) {
  __local float inputs[POINTS * POINT_STRIDE];
  __local float gradients[POINTS * GRAD_STRIDE];
  __local float loaded[WINOGRAD_OUT * WINOGRAD_OUT * LANES * LANES];
  const sizes_t sizes = {height_in, width_in, height, width, lanes, PADDING};
  const int block = get_global_id(0), span = get_global_id(1), oc = block * OC_LANES;
  __global float *sums = partials + partials_offset + ((long)span * get_global_size(0) + block) * (POINTS * CHANNELS_IN * OC_LANES);
  const int tiles = (height + WINOGRAD_OUT - 1) / WINOGRAD_OUT * ((width + WINOGRAD_OUT - 1) / WINOGRAD_OUT);
  const int units = VECTORS(lanes) * tiles, begin = SPAN_BEGIN(span, units), end = SPAN_BEGIN(span + 1, units);
  src += src_offset;
  grad += grad_offset;
  // The last block of inputs may have fewer channels: what is made of those beyond is not stored.
  for (int p = 0; p < POINTS; p++)
    for (int i = CHANNELS_IN * LANES; i < IC_BLOCKS * IC_BLOCK * LANES; i++) inputs[p * POINT_STRIDE + i] = 0.0f;
  for (int unit = begin; unit < end; unit++) {
    const block_t at = block_at(unit / tiles, unit % tiles, 0, sizes);
    const int count = min(LANES, lanes - at.lane);
    transform_block(inputs, src, src_pitch, src_plane, at, sizes);
    for (int o = 0; o < OC_LANES; o += LANES) {
      load_gradients(loaded, grad, grad_pitch, grad_plane, oc + o, at, sizes);
      for (int n = 0; n < count; n++)
        transform_gradients(gradients + n * OC_LANES + o, loaded + n * (WINOGRAD_OUT * WINOGRAD_OUT * LANES));
    }
    for (int p = 0; p < POINTS; p++)
      for (int ic = 0; ic < CHANNELS_IN; ic += IC_BLOCK)
        accumulate_point(sums + (p * CHANNELS_IN + ic) * OC_LANES, inputs + p * POINT_STRIDE + ic * LANES,
                         gradients + p * GRAD_STRIDE, count, CHANNELS_IN - ic, unit == begin);
  }
}

// The sum of all spans, transformed back, of LANES output channels and one input channel; dst is a row of filters, OIHW.
// Global size: (vectors of output channels, CHANNELS_IN).
__kernel __attribute__((reqd_work_group_size(1, 1, 1))) void winograd_filter_sums(
    __global const float *restrict partials, const long partials_offset, __global float *restrict dst, const long dst_offset,
    const int spans) {
  const int vector = get_global_id(0), ic = get_global_id(1), blocks = get_global_size(0) / OC_VECTORS;
  __global const float *from = partials + partials_offset + (long)(vector / OC_VECTORS) * (POINTS * CHANNELS_IN * OC_LANES) +
                               ic * OC_LANES + vector % OC_VECTORS * LANES;
  real_v columns[3][WINOGRAD_IN], filter[3][3];
#pragma unroll 1
  for (int c = 0; c < WINOGRAD_IN; c++) {
    real_v m[WINOGRAD_IN], o[3];
#pragma unroll
    for (int r = 0; r < WINOGRAD_IN; r++) m[r] = 0.0f;
#pragma unroll 1
    for (int span = 0; span < spans; span++) {
      __global const float *point = from + ((long)span * blocks * POINTS + c) * (CHANNELS_IN * OC_LANES);
#pragma unroll
      for (int r = 0; r < WINOGRAD_IN; r++) m[r] += LOAD_FLOATS(point + r * WINOGRAD_IN * (CHANNELS_IN * OC_LANES));
    }
    FILTER_OUTPUT(o, m)
#pragma unroll
    for (int r = 0; r < 3; r++) columns[r][c] = o[r];
  }
#pragma unroll
  for (int r = 0; r < 3; r++) FILTER_OUTPUT(filter[r], columns[r])
  float lanes[9 * LANES];
#pragma unroll
  for (int tap = 0; tap < 9; tap++) STORE_FLOATS(filter[tap / 3][tap % 3], lanes + tap * LANES);
  for (int o = 0; o < min(LANES, CHANNELS_OUT - vector * LANES); o++)
    for (int tap = 0; tap < 9; tap++)
      dst[dst_offset + ((long)(vector * LANES + o) * CHANNELS_IN + ic) * 9 + tap] = lanes[tap * LANES + o];
}
