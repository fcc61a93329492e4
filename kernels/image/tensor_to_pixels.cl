// A planar float picture to interleaved unsigned samples, with the pixel shuffle, the clamp and the rounding on the way:
//
//   dst[y*FACTOR + py, x*FACTOR + px, c] = round(clamp(src[(c*FACTOR + py)*FACTOR + px, y, x] * SCALE, 0, PEAK))
//
// rounding halves to even. src is (3*FACTOR*FACTOR, height, width), dst is (height*FACTOR, width*FACTOR, SAMPLES), 8 or 16
// bit. One sample is the luma 0.299 R + 0.587 G + 0.114 B of the three. A NaN or infinity raises bit 0 of status.

#if !defined(FACTOR) || !defined(SAMPLES) || !defined(SAMPLE_TYPE) || !defined(SCALE) || !defined(PEAK)
#error "FACTOR, SAMPLES, SAMPLE_TYPE, SCALE and PEAK are needed"
#endif

#include "include/lanes.h"

inline SAMPLE_TYPE sample(const float value, int *bad) {
  *bad |= !isfinite(value);
  return (SAMPLE_TYPE)rint(clamp(value * SCALE, 0.0f, PEAK));
}

// Global size: (pixels of a source row shared out, rows of dst, 1).
__kernel void tensor_to_pixels(SRC_TENSOR(src), __global SAMPLE_TYPE *restrict dst, const long dst_offset,
                               __global int *restrict status, const int width) {
  const int row = get_global_id(1);
  const long colour = FACTOR * FACTOR * src_plane;
  __global const float *from = src + src_offset + (row % FACTOR) * FACTOR * src_plane + (long)(row / FACTOR) * src_pitch;
  __global SAMPLE_TYPE *to = dst + dst_offset + (long)row * width * (FACTOR * SAMPLES);
  int bad = 0;
  for (int x = get_global_id(0); x < width; x += get_global_size(0)) {
#pragma unroll
    for (int px = 0; px < FACTOR; px++) {
      __global const float *red = from + px * src_plane + x;
      __global SAMPLE_TYPE *pixel = to + (long)(x * FACTOR + px) * SAMPLES;
#if SAMPLES == 1
      pixel[0] = sample(0.299f * red[0] + 0.587f * red[colour] + 0.114f * red[2 * colour], &bad);
#else
      pixel[0] = sample(red[0], &bad);
      pixel[1] = sample(red[colour], &bad);
      pixel[2] = sample(red[2 * colour], &bad);
#endif
    }
  }
  if (bad) atomic_or(status, 1);
}
