// Sums over blocks of BLOCK_H x BLOCK_W pixels, and the adjoint, over a batch of patches:
//
//   block_sum      dst[n, c, y, x] = scale * sum of src[n, c, y*BLOCK_H + i, x*BLOCK_W + j]
//   block_spread   dst[n, c, y, x] = scale * src[n, c, y / BLOCK_H, x / BLOCK_W]
//
// The gradients of nearest upsampling (blocks of one pixel's copies) and of what has one value a channel (blocks as large as
// the image). The batch is innermost; width is that of dst.

#if !defined(BLOCK_H) || !defined(BLOCK_W)
#error "BLOCK_H and BLOCK_W are needed"
#endif

#include "include/lanes.h"

// Global size: (vectors of the batch shared out, positions of dst, channels).
__kernel void block_sum(SRC_TENSOR(src), DST_TENSOR(dst), const int width, const int lanes, const float scale) {
  const int channel = get_global_id(2), y = get_global_id(1) / width, x = get_global_id(1) % width;
  __global const float *from = src + src_offset + channel * src_plane
                               + ((long)y * BLOCK_H * width + x) * BLOCK_W * src_pitch;
  __global float *to = dst + dst_offset + channel * dst_plane + (long)get_global_id(1) * dst_pitch;
  for (int lane = get_global_id(0) * LANES; lane < lanes; lane += get_global_size(0) * LANES) {
    real_v sum = 0.0f;
    for (int i = 0; i < BLOCK_H; i++)
      for (int j = 0; j < BLOCK_W; j++) sum += LOAD_LANES(from + ((long)i * width * BLOCK_W + j) * src_pitch + lane);
    STORE_LANES(scale * sum, to + lane);
  }
}

// Global size: (vectors of the batch shared out, positions of dst, channels).
__kernel void block_spread(SRC_TENSOR(src), DST_TENSOR(dst), const int width, const int lanes, const float scale) {
  const int channel = get_global_id(2), y = get_global_id(1) / width, x = get_global_id(1) % width;
  __global const float *from = src + src_offset + channel * src_plane
                               + ((long)(y / BLOCK_H) * (width / BLOCK_W) + x / BLOCK_W) * src_pitch;
  __global float *to = dst + dst_offset + channel * dst_plane + (long)get_global_id(1) * dst_pitch;
  for (int lane = get_global_id(0) * LANES; lane < lanes; lane += get_global_size(0) * LANES)
    STORE_LANES(scale * LOAD_LANES(from + lane), to + lane);
}
