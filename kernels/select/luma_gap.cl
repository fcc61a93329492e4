// How far two versions of all patches of a batch of crops lie apart in luma, one number a patch, put back in its grid:
//
//   dst[n, 0, gy, gx] = mean_{y, x} |luma(a - b)[cell*N + n, y, x]|, cell = gy*grid_width + gx
//
// a and b are (cells*N, 3*FACTOR*FACTOR, size, size), pictures possibly held as sub-pixel phases, dst is
// (N, 1, grid_height, grid_width); the batch is innermost.

#ifndef FACTOR
#error "FACTOR is missing"
#endif

#include "include/lanes.h"

#define PHASES (FACTOR * FACTOR)

// Global size: (crops shared out, cells, 1).
__kernel void luma_gap(SRC_TENSOR(a), SRC_TENSOR(b), DST_TENSOR(dst), const int positions, const int batch) {
  const int cell = get_global_id(1);
  const float rgb[3] = {65.481f / 255.0f, 128.553f / 255.0f, 24.966f / 255.0f};
  for (int n = get_global_id(0); n < batch; n += get_global_size(0)) {
    const long patch = (long)cell * batch + n;
    float sum = 0.0f;
    for (int phase = 0; phase < PHASES; phase++)
      for (int position = 0; position < positions; position++) {
        float luma = 0.0f;
        for (int c = 0; c < 3; c++) {
          const long channel = c * PHASES + phase;
          luma += rgb[c] * (a[a_offset + channel * a_plane + (long)position * a_pitch + patch]
                            - b[b_offset + channel * b_plane + (long)position * b_pitch + patch]);
        }
        sum += fabs(luma);
      }
    dst[dst_offset + (long)cell * dst_pitch + n] = sum / (float)(PHASES * positions);
  }
}
