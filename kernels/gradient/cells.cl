// Sums over cells of CELL_H x CELL_W pixels, and the adjoint, over a batch of patches:
//
//   cell_sum      dst[n, c, y, x] = scale * sum of src[n, c, y*CELL_H + i, x*CELL_W + j]
//   cell_spread   dst[n, c, y, x] = scale * src[n, c, y / CELL_H, x / CELL_W]
//
// The gradients of nearest upsampling (cells of one pixel's copies) and of what has one value a channel (cells as large as
// the image). The batch is innermost; width is that of dst.

#if !defined(CELL_H) || !defined(CELL_W)
#error "CELL_H and CELL_W are needed"
#endif

#include "include/lanes.h"

// Global size: (vectors of the batch shared out, positions of dst, channels).
__kernel void cell_sum(SRC_TENSOR(src), DST_TENSOR(dst), const int width, const int lanes, const float scale) {
  const int channel = get_global_id(2), y = get_global_id(1) / width, x = get_global_id(1) % width;
  __global const float *from = src + src_offset + channel * src_plane
                               + ((long)y * CELL_H * width + x) * CELL_W * src_pitch;
  __global float *to = dst + dst_offset + channel * dst_plane + (long)get_global_id(1) * dst_pitch;
  for (int lane = get_global_id(0) * LANES; lane < lanes; lane += get_global_size(0) * LANES) {
    real_v sum = 0.0f;
    for (int i = 0; i < CELL_H; i++)
      for (int j = 0; j < CELL_W; j++) sum += LOAD_LANES(from + ((long)i * width * CELL_W + j) * src_pitch + lane);
    STORE_LANES(scale * sum, to + lane);
  }
}

// Global size: (vectors of the batch shared out, positions of dst, channels).
__kernel void cell_spread(SRC_TENSOR(src), DST_TENSOR(dst), const int width, const int lanes, const float scale) {
  const int channel = get_global_id(2), y = get_global_id(1) / width, x = get_global_id(1) % width;
  __global const float *from = src + src_offset + channel * src_plane
                               + ((long)(y / CELL_H) * (width / CELL_W) + x / CELL_W) * src_pitch;
  __global float *to = dst + dst_offset + channel * dst_plane + (long)get_global_id(1) * dst_pitch;
  for (int lane = get_global_id(0) * LANES; lane < lanes; lane += get_global_size(0) * LANES)
    STORE_LANES(scale * LOAD_LANES(from + lane), to + lane);
}
