// Convolution of a frame with a large window to few channels, stride 1, by Fourier transforms of tiles: 8x8 outputs are made of
// 16x16 inputs, and a convolution of those is a product of their spectra. 9x9 takes 8 multiplications for an output and input
// channel instead of 81, and the transforms.
//
//   dst[oc, y, x] = epilogue(bias[oc] + sum_{ic, ky, kx} weights[oc, ic, ky, kx] * src[ic, y + ky - PADDING, x + kx - PADDING])
//
// src is (CHANNELS_IN, height_in, width_in), dst is (CHANNELS_OUT, height, width); layouts in include/lanes.h. Windows have at most
// 9x9 taps. weights are the filters' spectra, conjugate, packed [pair of 128][ic][oc][real, imaginary].
//
// One work-item is one block, LANES neighbouring tiles of a row of tiles: 8 rows of 8*LANES pixels. Its input channels go through the
// scratch IC_CHUNK at a time, so that it stays in cache. For CPUs: a GPU has too little local memory for it.
//
// A spectrum of 16x16 reals is 256 numbers, in 128 pairs. Columns 1 to 7 of its rows' half spectra are complex and take 16 pairs
// each, from 16*column on, frequencies in bit-reversed order; columns 0 and 8 are real, and their half spectra (include/fourier.h)
// share the first 16 pairs, of which 0 and 8 are two real numbers each.
//
// 64 channels to 3, 9x9, 1920x1080 (PoCL, 2 cores of Zen 4): 160 ms where conv/conv2d_rows.cl takes 460; 183 before it fetched ahead.
// Error against double sums: at most 5e-6 of the output's range.

#if !defined(CHANNELS_IN) || !defined(CHANNELS_OUT) || !defined(PADDING)
#error "CHANNELS_IN, CHANNELS_OUT and PADDING are needed"
#endif

#include "include/lanes.h"
#include "include/epilogue.h"
#include "include/fourier.h"
#include "include/tiles.h"

#ifndef IC_CHUNK
#define IC_CHUNK 16  // input channels in the scratch
#endif

#define TILE 8  // outputs of a tile along one axis
#define SPECTRUM (POINTS * POINTS * LANES)
#define PAIRS (POINTS * POINTS / 2)
// One cache line more than the data, or all channels' numbers of a pair would be on the same few cache sets.
#define CHANNEL_STRIDE (SPECTRUM + 16)

typedef struct { int height_in, width_in, height, width; } sizes_t;

// Pixels 0 to 15 of LANES tiles in one row of src, zero beyond it; x is the first tile's first column.
INLINE void load_row(real_v d[POINTS], __global const stored_t *row, const int x, const int width, const int inside, const int edge) {
  if (!inside) {
#pragma unroll
    for (int i = 0; i < POINTS; i++) d[i] = 0.0f;
    return;
  }
  real_v a[TILE], even[4], odd[4], part[4];
#pragma unroll
  for (int i = 0; i < TILE; i++) {
    const int at = x + i * LANES;
    if (edge)
      a[i] = at < width ? load_lanes_padded(row, at, width) : (real_v)(0.0f);  // stays within the slack
    else
      a[i] = LOAD_LANES(row + at);
  }
#pragma unroll
  for (int i = 0; i < 4; i++) {
    even[i] = (real_v)(a[2 * i].even, a[2 * i + 1].even);
    odd[i] = (real_v)(a[2 * i].odd, a[2 * i + 1].odd);
  }
  SPLIT_TILES(part, even)
#pragma unroll
  for (int i = 0; i < 4; i++) d[2 * i] = part[i];
  SPLIT_TILES(part, odd)
#pragma unroll
  for (int i = 0; i < 4; i++) d[2 * i + 1] = part[i];
#pragma unroll
  for (int i = 0; i < TILE; i++) {
    const int at = x + TILE * LANES + i;
    const float last = !edge || (at >= 0 && at < width) ? LOAD(row + at) : 0.0f;
    d[TILE + i] = NEXT_TILE(d[i], last);
  }
}

// The spectrum of one channel's tiles: rows to half spectra in columns of rows, then columns.
INLINE void transform_channel(__local float *spectrum, __local float *half_way, __global const stored_t *src, const int src_pitch,
                              const int y0, const int x0, const sizes_t s, const int edge) {
  real_v re[POINTS], im[POINTS];
#pragma unroll 1
  for (int r = 0; r < POINTS; r += 2) {
    const int y = y0 + r;
    load_row(re, src + (long)y * src_pitch, x0, s.width_in, y >= 0 && y < s.height_in, edge);
    load_row(im, src + (long)(y + 1) * src_pitch, x0, s.width_in, y + 1 >= 0 && y + 1 < s.height_in, edge);
    fourier(re, im);
    split_pair(half_way + r * LANES, half_way + (r + 1) * LANES, POINTS * LANES, re, im);
  }
#pragma unroll 1
  for (int column = 0; column < POINTS / 2; column++) {
    __local const float *from = half_way + 2 * column * POINTS * LANES;
    __local float *to = spectrum + 2 * column * POINTS * LANES;
#pragma unroll
    for (int r = 0; r < POINTS; r++) {
      re[r] = LOAD_FLOATS(from + r * LANES);
      im[r] = LOAD_FLOATS(from + (POINTS + r) * LANES);
    }
    fourier(re, im);
    if (column == 0) {
      split_pair(to, to + POINTS * LANES, LANES, re, im);
    } else {
#pragma unroll
      for (int f = 0; f < POINTS; f++) {
        STORE_FLOATS(re[f], to + 2 * f * LANES);
        STORE_FLOATS(im[f], to + (2 * f + 1) * LANES);
      }
    }
  }
}

// Fetches part of the rows that transform_channel will load of some channels.
INLINE void fetch_rows(__global const stored_t *src, const int src_pitch, const long src_plane, const int channels, const int pair,
                       const int y0, const int x0, const sizes_t s) {
  for (int i = pair; i < channels * POINTS; i += PAIRS) {
    const int y = clamp(y0 + i % POINTS, 0, s.height_in - 1);
#pragma unroll
    for (int j = 0; j <= TILE; j++) PREFETCH(src + i / POINTS * src_plane + (long)y * src_pitch + x0 + j * LANES);
  }
}

// Adds the products of some channels' spectra with the filters' to sums, and fetches what is transformed next: a block reads short
// pieces of a thousand rows, which no CPU foresees.
INLINE void multiply_pairs(__local float *sums, __local const float *spectra, __global const float *weights, const int channels,
                           __global const stored_t *next, const int src_pitch, const long src_plane, const int next_channels,
                           const int y0, const int x0, const sizes_t s) {
#pragma unroll 1
  for (int pair = 0; pair < PAIRS; pair++) {
    fetch_rows(next, src_pitch, src_plane, next_channels, pair, y0, x0, s);
    real_v acc[CHANNELS_OUT][2];
    __local float *sum = sums + 2 * pair * LANES;
#pragma unroll
    for (int o = 0; o < CHANNELS_OUT; o++) {
      acc[o][0] = LOAD_FLOATS(sum + o * SPECTRUM);
      acc[o][1] = LOAD_FLOATS(sum + o * SPECTRUM + LANES);
    }
    __global const float *w = weights + (long)pair * (CHANNELS_IN * CHANNELS_OUT * 2);
    const int of_reals = pair == 0 || pair == POINTS / 2;  // neither is the other's imaginary part
    for (int ic = 0; ic < channels; ic++) {
      const real_v re = LOAD_FLOATS(spectra + ic * CHANNEL_STRIDE + 2 * pair * LANES);
      const real_v im = LOAD_FLOATS(spectra + ic * CHANNEL_STRIDE + (2 * pair + 1) * LANES);
#pragma unroll
      for (int o = 0; o < CHANNELS_OUT; o++) {
        const real_v wr = w[(ic * CHANNELS_OUT + o) * 2], wi = w[(ic * CHANNELS_OUT + o) * 2 + 1];
        if (of_reals) {
          acc[o][0] = fma(re, wr, acc[o][0]);
          acc[o][1] = fma(im, wi, acc[o][1]);
        } else {
          acc[o][0] = fma(re, wr, fma(-im, wi, acc[o][0]));
          acc[o][1] = fma(im, wr, fma(re, wi, acc[o][1]));
        }
      }
    }
#pragma unroll
    for (int o = 0; o < CHANNELS_OUT; o++) {
      STORE_FLOATS(acc[o][0], sum + o * SPECTRUM);
      STORE_FLOATS(acc[o][1], sum + o * SPECTRUM + LANES);
    }
  }
}

// The inverse of transform_channel, of the eight rows that are wanted, half way.
INLINE void inverse_columns(__local float *half_way, __local const float *spectrum) {
  real_v re[POINTS], im[POINTS];
#pragma unroll 1
  for (int column = 0; column < POINTS / 2; column++) {
    __local const float *from = spectrum + 2 * column * POINTS * LANES;
    __local float *to = half_way + 2 * column * POINTS * LANES;
    if (column == 0) {
      join_pair(re, im, from, from + POINTS * LANES, LANES);
    } else {
#pragma unroll
      for (int f = 0; f < POINTS; f++) {
        re[f] = LOAD_FLOATS(from + 2 * f * LANES);
        im[f] = LOAD_FLOATS(from + (2 * f + 1) * LANES);
      }
    }
    inverse_fourier(re, im);
#pragma unroll
    for (int r = 0; r < TILE; r++) {
      STORE_FLOATS(re[r], to + r * LANES);
      STORE_FLOATS(im[r], to + (POINTS + r) * LANES);
    }
  }
}

// Stores eight pixels of LANES tiles, merged to neighbouring pixels.
INLINE void store_row(real_v d[POINTS], const int oc, const int x0, const int width, __global const stored_t *operand,
                      const int joining, __global const float *slopes, __global stored_t *dst) {
  real_v part[4], even[4], odd[4], out[TILE];
#pragma unroll
  for (int i = 0; i < 4; i++) part[i] = d[2 * i];
  MERGE_TILES(even, part)
#pragma unroll
  for (int i = 0; i < 4; i++) part[i] = d[2 * i + 1];
  MERGE_TILES(odd, part)
#pragma unroll
  for (int i = 0; i < 4; i++) {
    out[2 * i].even = even[i].lo;
    out[2 * i].odd = odd[i].lo;
    out[2 * i + 1].even = even[i].hi;
    out[2 * i + 1].odd = odd[i].hi;
  }
#pragma unroll
  for (int i = 0; i < TILE; i++)
    if (x0 + i * LANES < width)
      store_epilogue(out[i], operand + x0 + i * LANES, joining, slopes, oc, dst + x0 + i * LANES);
}

// Global size: (1, blocks of a row of tiles, rows of tiles). operand may be dst itself.
__kernel __attribute__((reqd_work_group_size(1, 1, 1))) void conv2d_fourier(
    SRC_TENSOR(src), __global const float *restrict weights, __global const float *restrict bias,
    __global const float *restrict slopes, __global const stored_t *operand, const long operand_offset,
    const int operand_pitch, const long operand_plane, __global stored_t *dst, const long dst_offset,
    const int dst_pitch, const long dst_plane, const int height_in, const int width_in, const int height,
    const int width, const int joining, const int first_row) {
  __local float spectra[IC_CHUNK * CHANNEL_STRIDE];
  __local float sums[CHANNELS_OUT * SPECTRUM];
  __local float half_way[SPECTRUM];
  const sizes_t sizes = {height_in, width_in, height, width};
  const int x0 = get_global_id(1) * (TILE * LANES), y0 = first_row + get_global_id(2) * TILE;
  const int edge = x0 < PADDING || x0 - PADDING + TILE * LANES + TILE > width_in;
  for (int i = 0; i < CHANNELS_OUT * SPECTRUM; i += LANES) STORE_FLOATS((real_v)(0.0f), sums + i);
  for (int ic0 = 0; ic0 < CHANNELS_IN; ic0 += IC_CHUNK) {
    const int channels = min(IC_CHUNK, CHANNELS_IN - ic0), rest = CHANNELS_IN - ic0 - channels;
    for (int ic = 0; ic < channels; ic++)
      transform_channel(spectra + ic * CHANNEL_STRIDE, half_way, src + src_offset + (ic0 + ic) * src_plane, src_pitch,
                        y0 - PADDING, x0 - PADDING, sizes, edge);
    // The next channels of this block, or the first of the next one.
    multiply_pairs(sums, spectra, weights + ic0 * CHANNELS_OUT * 2, channels,
                   src + src_offset + (rest > 0 ? ic0 + IC_CHUNK : 0) * src_plane, src_pitch, src_plane,
                   min(IC_CHUNK, rest > 0 ? rest : CHANNELS_IN), y0 - PADDING, x0 - PADDING + (rest > 0 ? 0 : TILE * LANES), sizes);
  }
  for (int oc = 0; oc < CHANNELS_OUT; oc++) {
    inverse_columns(half_way, sums + oc * SPECTRUM);
#pragma unroll 1
    for (int r = 0; r < TILE && y0 + r < height; r += 2) {
      real_v re[POINTS], im[POINTS];
      join_pair(re, im, half_way + r * LANES, half_way + (r + 1) * LANES, POINTS * LANES);
      inverse_fourier(re, im);
#pragma unroll
      for (int i = 0; i < TILE; i++) {
        re[i] += bias[oc];
        im[i] += bias[oc];
      }
      __global stored_t *to = dst + dst_offset + oc * dst_plane + (long)(y0 + r) * dst_pitch;
      __global const stored_t *with = operand + operand_offset + oc * operand_plane + (long)(y0 + r) * operand_pitch;
      store_row(re, oc, x0, width, with, joining, slopes, to);
      if (y0 + r + 1 < height) store_row(im, oc, x0, width, with + operand_pitch, joining, slopes, to + dst_pitch);
    }
  }
}
