// A planar float picture to interleaved unsigned samples, with the pixel shuffle, the clamp and the rounding on the way:
//
//   dst[y*FACTOR + py, x*FACTOR + px, c] = round(clamp(src[(c*FACTOR + py)*FACTOR + px, y, x] * SCALE))
//
// to the range of a sample, halves to even. src is (3*FACTOR*FACTOR, height, width), dst is (height*FACTOR, width*FACTOR, SAMPLES), 8 or 16
// bit. One sample is the luma 0.299 R + 0.587 G + 0.114 B of the three. A NaN or infinity raises bit 0 of status.

#if !defined(FACTOR) || !defined(SAMPLES) || !defined(SAMPLE_TYPE) || !defined(PEAK) || !defined(SCALE)
#error "FACTOR, SAMPLES, SAMPLE_TYPE, PEAK and SCALE are needed"
#endif

#include "include/lanes.h"

#if LANES == 1
typedef SAMPLE_TYPE samples_v;
#define TO_SAMPLES CONCAT(convert_, SAMPLE_TYPE)
#define AS_INT as_int
#define TO_UINT convert_uint
#define STORE_SAMPLES(v, p) (*(p) = (v))
#else
typedef CONCAT(SAMPLE_TYPE, LANES) samples_v;
#define TO_SAMPLES CONCAT(convert_, CONCAT(SAMPLE_TYPE, LANES))
#define AS_INT CONCAT(as_int, LANES)
#define TO_UINT CONCAT(convert_uint, LANES)
#define STORE_SAMPLES(v, p) CONCAT(vstore, LANES)(v, 0, p)
#endif

#define LANE_SAMPLES (FACTOR * SAMPLES)

// Rounds LANES values, and makes odd a NaN in those lanes that are not finite. The last bits of 2^23 + v are v rounded half to even: one
// addition, where PoCL's rint takes nine instructions (the kernel took twice as long). Clamped values need no saturation either.
INLINE int_v to_samples(const real_v value, real_v *odd) {
  *odd += value * 0.0f;
  return AS_INT(clamp(value * SCALE, (real_v)(0.0f), (real_v)(PEAK)) + 0x1p23f) - 0x4B000000;
}

// Global size: (vectors of a source row shared out, rows of dst, 1). Lanes convert together and are interleaved from a
// private stage: at 1080p 4 times as fast as pixel by pixel (PoCL, Zen 4). Where the samples of a lane fill whole words, as
// with FACTOR 4, they are packed first, and a quarter as many stores remain: twice as fast again.
__kernel void tensor_to_pixels(SRC_TENSOR(src), __global SAMPLE_TYPE *restrict dst, const long dst_offset,
                               __global int *restrict status, const int width, const int first_row) {
  const int row = first_row + get_global_id(1);
  const long colour = FACTOR * FACTOR * src_plane;
  __global const stored_t *from = src + src_offset + (row % FACTOR) * FACTOR * src_plane + (long)(row / FACTOR) * src_pitch;
  __global SAMPLE_TYPE *to = dst + dst_offset + (long)row * width * LANE_SAMPLES;
  int_v bad = 0;
  for (int x = get_global_id(0) * LANES; x < width; x += get_global_size(0) * LANES) {
    const int count = min(LANES, width - x);
    real_v odd = 0.0f;
    int_v sample[LANE_SAMPLES];
#pragma unroll
    for (int px = 0; px < FACTOR; px++) {
      __global const stored_t *red = from + px * src_plane + x;
      const real_v r = LOAD_LANES(red), g = LOAD_LANES(red + colour), b = LOAD_LANES(red + 2 * colour);
#if SAMPLES == 1
      sample[px] = to_samples(0.299f * r + 0.587f * g + 0.114f * b, &odd);
#else
      sample[px * 3] = to_samples(r, &odd);
      sample[px * 3 + 1] = to_samples(g, &odd);
      sample[px * 3 + 2] = to_samples(b, &odd);
#endif
    }
    bad |= isnan(odd) & (LANE_INDEX < count);
#if PEAK == 255 && LANE_SAMPLES % 4 == 0
    uint stage[LANE_SAMPLES / 4][LANES];
#pragma unroll
    for (int w = 0; w < LANE_SAMPLES / 4; w++) {
      const int_v word = sample[4 * w] | sample[4 * w + 1] << 8 | sample[4 * w + 2] << 16 | sample[4 * w + 3] << 24;
      STORE_SAMPLES(TO_UINT(word), stage[w]);
    }
    __global uint *words = (__global uint *)(to + (long)x * LANE_SAMPLES);
    for (int l = 0; l < count; l++)
#pragma unroll
      for (int w = 0; w < LANE_SAMPLES / 4; w++) words[l * (LANE_SAMPLES / 4) + w] = stage[w][l];
#else
    SAMPLE_TYPE stage[LANE_SAMPLES][LANES];
#pragma unroll
    for (int s = 0; s < LANE_SAMPLES; s++) STORE_SAMPLES(TO_SAMPLES(sample[s]), stage[s]);
    __global SAMPLE_TYPE *pixels = to + (long)x * LANE_SAMPLES;
    for (int l = 0; l < count; l++)
#pragma unroll
      for (int s = 0; s < LANE_SAMPLES; s++) pixels[l * LANE_SAMPLES + s] = stage[s][l];
#endif
  }
#if LANES == 1
  if (bad) atomic_or(status, 1);
#else
  if (any(bad)) atomic_or(status, 1);
#endif
}
