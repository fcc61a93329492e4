// Interleaved unsigned samples to a planar float frame: dst[c, y, x] = src[y, x, c] * SCALE.
// src is (height, width, SAMPLES), 8 or 16 bit; dst is (3, height, width). One sample (gray) fills all three channels.

#if !defined(SAMPLES) || !defined(SAMPLE_TYPE) || !defined(SCALE)
#error "SAMPLES, SAMPLE_TYPE and SCALE are needed"
#endif

#include "include/lanes.h"

// Global size: (pixels of a row shared out, height, 3).
__kernel void pixels_to_tensor(__global const SAMPLE_TYPE *restrict src, const long src_offset, DST_TENSOR(dst),
                               const int width, const int first_row) {
  const long y = first_row + get_global_id(1);
  const int c = get_global_id(2);
  __global const SAMPLE_TYPE *from = src + src_offset + y * width * SAMPLES + (SAMPLES == 1 ? 0 : c);
  __global stored_t *to = dst + dst_offset + c * dst_plane + y * dst_pitch;
  for (int x = get_global_id(0); x < width; x += get_global_size(0))
    STORE((float)from[(long)x * SAMPLES] * SCALE, to + x);
}
