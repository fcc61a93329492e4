// Gradient of max-pool over a batch of patches: each window's gradient goes to its largest pixel, the first if several are.
//
//   dst[n, c, y, x] = sum of grad[n, c, v, u] over the windows (v, u) of which (y, x) is the largest
//
// src and dst are (N, C, height_in, width_in), grad is (N, C, height, width), the batch innermost.

#if !defined(FILTER) || !defined(STRIDE)
#error "FILTER and STRIDE are needed"
#endif

#include "include/lanes.h"

// Whether tap (dy, dx) of the window at from holds its first largest value.
INLINE int is_largest(__global const float *from, const long row_step, const long step, const int dy, const int dx) {
  const float value = from[dy * row_step + dx * step];
  for (int ky = 0; ky < FILTER; ky++)
    for (int kx = 0; kx < FILTER; kx++) {
      const float other = from[ky * row_step + kx * step];
      if (other > value || (other == value && (ky < dy || (ky == dy && kx < dx)))) return 0;
    }
  return 1;
}

// Global size: (patches shared out, height_in * width_in, channels).
__kernel void max_pool2d_gradient(SRC_TENSOR(grad), SRC_TENSOR(src), DST_TENSOR(dst), const int height, const int width,
                                  const int width_in, const int lanes) {
  const int channel = get_global_id(2), y = get_global_id(1) / width_in, x = get_global_id(1) % width_in;
  __global const float *plane = src + src_offset + channel * src_plane;
  __global const float *g = grad + grad_offset + channel * grad_plane;
  __global float *to = dst + dst_offset + channel * dst_plane + (long)get_global_id(1) * dst_pitch;
  const int top = max(0, (y - FILTER + STRIDE) / STRIDE), left = max(0, (x - FILTER + STRIDE) / STRIDE);
  for (int n = get_global_id(0); n < lanes; n += get_global_size(0)) {
    float sum = 0.0f;
    for (int v = top; v < height && v * STRIDE <= y; v++)
      for (int u = left; u < width && u * STRIDE <= x; u++) {
        __global const float *window = plane + ((long)v * STRIDE * width_in + u * STRIDE) * src_pitch + n;
        if (is_largest(window, (long)width_in * src_pitch, src_pitch, y - v * STRIDE, x - u * STRIDE))
          sum += g[(long)(v * width + u) * grad_pitch + n];
      }
    to[n] = sum;
  }
}
