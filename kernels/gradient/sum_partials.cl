// The sum of the partial sums of all spans (include/partial_sums.h), and of GROUP neighbours:
//
//   dst[i] = sum_{span, j < GROUP} partials[span, i*GROUP + j]
//
// dst is a row of sums values, partials is [spans][sums * GROUP].

#ifndef GROUP
#error "GROUP is missing"
#endif
#ifndef CHUNK
#error "CHUNK, the sums of one work-item, is missing"
#endif

// Global size: (sums in chunks of CHUNK, 1, 1): a work-item reads the rows of partials one after another. Those beyond the
// last chunk have a count below 1 and do nothing.
__kernel void sum_partials(__global const float *restrict partials, const long partials_offset, __global float *restrict dst,
                           const long dst_offset, const int spans, const int sums) {
  const int first = get_global_id(0) * CHUNK, count = min(CHUNK, sums - first);
  float sum[CHUNK];
  for (int i = 0; i < CHUNK; i++) sum[i] = 0.0f;
  for (int span = 0; span < spans; span++) {
    __global const float *from = partials + partials_offset + ((long)span * sums + first) * GROUP;
    for (int i = 0; i < count; i++)
      for (int j = 0; j < GROUP; j++) sum[i] += from[i * GROUP + j];
  }
  for (int i = 0; i < count; i++) dst[dst_offset + first + i] = sum[i];
}
