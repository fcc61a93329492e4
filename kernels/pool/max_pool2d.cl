// Max-pool without padding: dst[c, y, x] = the largest src[c, y*STRIDE + ky, x*STRIDE + kx], ky and kx below FILTER.
// A NaN wins. src is (C, height_in, width_in), dst is (C, height, width); for patches the batch is the innermost axis.

#if !defined(FILTER) || !defined(STRIDE)
#error "FILTER and STRIDE are needed"
#endif

#include "include/lanes.h"

// fmax would drop a NaN, and a frame that holds one must not look sound.
INLINE float larger(const float a, const float b) { return b > a || isnan(b) ? b : a; }

// Global size: (elements of a dst row, or of the batch, shared out; rows of dst; channels).
__kernel void max_pool2d(SRC_TENSOR(src), DST_TENSOR(dst), const int width_in, const int width, const int lanes,
                         const int first_row) {
  const int channel = get_global_id(2);
  const int row = first_row + get_global_id(1);
  __global const stored_t *plane = src + src_offset + channel * src_plane;
  __global stored_t *to = dst + dst_offset + channel * dst_plane + (long)row * dst_pitch;
  for (int i = get_global_id(0); i < lanes; i += get_global_size(0)) {
#ifdef LANES_ALONG_BATCH
    const long row_step = (long)width_in * src_pitch, step = src_pitch;
    __global const stored_t *from = plane + (row / width * STRIDE) * row_step + (row % width * STRIDE) * step + i;
#else
    const long row_step = src_pitch, step = 1;
    __global const stored_t *from = plane + (long)row * STRIDE * row_step + i * STRIDE;
#endif
    float largest = LOAD(from);
    for (int ky = 0; ky < FILTER; ky++)
      for (int kx = 0; kx < FILTER; kx++) largest = larger(largest, LOAD(from + ky * row_step + kx * step));
    STORE(largest, to + i);
  }
}
