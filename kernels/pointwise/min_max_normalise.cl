// A batch of maps stretched to [0, 1] by the least and largest value of all: dst = (src - least) / (largest - least), zero
// where all values are the same. src and dst are (N, 1, H, W), the batch innermost. Small: one work-item does it all.

#include "include/lanes.h"

// Global size: (1, 1, 1).
__kernel void min_max_normalise(SRC_TENSOR(src), DST_TENSOR(dst), const int positions, const int batch) {
  float least = src[src_offset], largest = least;
  for (int position = 0; position < positions; position++)
    for (int n = 0; n < batch; n++) {
      const float value = src[src_offset + (long)position * src_pitch + n];
      least = fmin(least, value);
      largest = fmax(largest, value);
    }
  const float stretch = largest > least ? 1.0f / (largest - least) : 0.0f;
  for (int position = 0; position < positions; position++)
    for (int n = 0; n < batch; n++)
      dst[dst_offset + (long)position * dst_pitch + n] = (src[src_offset + (long)position * src_pitch + n] - least) * stretch;
}
