// A planar float picture to interleaved unsigned samples, with the pixel shuffle, the clamp and the rounding on the way:
//
//   dst[y*FACTOR + py, x*FACTOR + px, c] = round(clamp(src[(c*FACTOR + py)*FACTOR + px, y, x] * SCALE))
//
// to the range of a sample, halves to even. src is (3*FACTOR*FACTOR, height, width), dst is (height*FACTOR, width*FACTOR, SAMPLES), 8 or 16
// bit. One sample is the luma 0.299 R + 0.587 G + 0.114 B of the three. A NaN or infinity raises bit 0 of status.

#if !defined(FACTOR) || !defined(SAMPLES) || !defined(SAMPLE_TYPE) || !defined(SCALE)
#error "FACTOR, SAMPLES, SAMPLE_TYPE and SCALE are needed"
#endif

#include "include/lanes.h"

#if LANES == 1
typedef SAMPLE_TYPE samples_v;
#define CONVERT CONCAT(CONCAT(convert_, SAMPLE_TYPE), _sat_rte)
#define STORE_SAMPLES(v, p) (*(p) = (v))
#else
typedef CONCAT(SAMPLE_TYPE, LANES) samples_v;
#define CONVERT CONCAT(CONCAT(convert_, CONCAT(SAMPLE_TYPE, LANES)), _sat_rte)
#define STORE_SAMPLES(v, p) CONCAT(vstore, LANES)(v, 0, p)
#endif

// Converts LANES values and notes in bad those of the first count lanes that are not finite.
INLINE samples_v to_samples(const real_v value, const int count, int_v *bad) {
  *bad |= (isfinite(value) == 0) & (LANE_INDEX < count);
  return CONVERT(value * SCALE);
}

// Global size: (vectors of a source row shared out, rows of dst, 1). Lanes convert together and are interleaved from a
// private stage: at 1080p 4 times as fast as pixel by pixel (PoCL, Zen 4).
__kernel void tensor_to_pixels(SRC_TENSOR(src), __global SAMPLE_TYPE *restrict dst, const long dst_offset,
                               __global int *restrict status, const int width, const int first_row) {
  const int row = first_row + get_global_id(1);
  const long colour = FACTOR * FACTOR * src_plane;
  __global const float *from = src + src_offset + (row % FACTOR) * FACTOR * src_plane + (long)(row / FACTOR) * src_pitch;
  __global SAMPLE_TYPE *to = dst + dst_offset + (long)row * width * (FACTOR * SAMPLES);
  int_v bad = 0;
  for (int x = get_global_id(0) * LANES; x < width; x += get_global_size(0) * LANES) {
    const int count = min(LANES, width - x);
    SAMPLE_TYPE stage[FACTOR * SAMPLES][LANES];
#pragma unroll
    for (int px = 0; px < FACTOR; px++) {
      __global const float *red = from + px * src_plane + x;
      const real_v r = LOAD_LANES(red), g = LOAD_LANES(red + colour), b = LOAD_LANES(red + 2 * colour);
#if SAMPLES == 1
      STORE_SAMPLES(to_samples(0.299f * r + 0.587f * g + 0.114f * b, count, &bad), stage[px]);
#else
      STORE_SAMPLES(to_samples(r, count, &bad), stage[px * 3]);
      STORE_SAMPLES(to_samples(g, count, &bad), stage[px * 3 + 1]);
      STORE_SAMPLES(to_samples(b, count, &bad), stage[px * 3 + 2]);
#endif
    }
    __global SAMPLE_TYPE *pixels = to + (long)x * (FACTOR * SAMPLES);
    for (int l = 0; l < count; l++)
#pragma unroll
      for (int s = 0; s < FACTOR * SAMPLES; s++) pixels[l * (FACTOR * SAMPLES) + s] = stage[s][l];
  }
#if LANES == 1
  if (bad) atomic_or(status, 1);
#else
  if (any(bad)) atomic_or(status, 1);
#endif
}
