// Gradient of a bilinear resize over a batch of patches: every pixel collects what the pixels made of it weigh it with.
//
// grad is (N, C, height, width), dst is (N, C, height_in, width_in), the batch innermost. It walks all of grad for each
// pixel of dst, which is a handful of pixels where the networks resize (RFDN's attention).

#include "include/lanes.h"
#include "include/bilinear.h"

INLINE float weight_of(const neighbours_t n, const int pixel) {
  return (n.first == pixel ? 1.0f - n.share : 0.0f) + (n.second == pixel ? n.share : 0.0f);
}

// Global size: (vectors of the batch shared out, height_in * width_in, channels).
__kernel void upsample_bilinear_gradient(SRC_TENSOR(grad), DST_TENSOR(dst), const int height_in, const int width_in,
                                         const int height, const int width, const int lanes) {
  const int channel = get_global_id(2), y_in = get_global_id(1) / width_in, x_in = get_global_id(1) % width_in;
  __global const float *plane = grad + grad_offset + channel * grad_plane;
  __global float *to = dst + dst_offset + channel * dst_plane + (long)get_global_id(1) * dst_pitch;
  for (int lane = get_global_id(0) * LANES; lane < lanes; lane += get_global_size(0) * LANES) {
    real_v sum = 0.0f;
    for (int y = 0; y < height; y++) {
      const float down = weight_of(neighbours_of(y, height_in, height), y_in);
      if (down == 0.0f) continue;
      for (int x = 0; x < width; x++) {
        const float along = weight_of(neighbours_of(x, width_in, width), x_in);
        if (along != 0.0f) sum += down * along * LOAD_LANES(plane + (long)(y * width + x) * grad_pitch + lane);
      }
    }
    STORE_LANES(sum, to + lane);
  }
}
