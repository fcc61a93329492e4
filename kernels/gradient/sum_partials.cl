// The sum of the partial sums of all spans (include/partial_sums.h), and of GROUP neighbours:
//
//   dst[i] = sum_{span, j < GROUP} partials[span, i*GROUP + j]
//
// dst is a row of sums values, partials is [spans][sums * GROUP]. A work-group makes RESULTS*CHUNK of them; SLICES of its items,
// each with every SLICES-th span, share one, on a GPU, where few items would wait for each load.

#if !defined(GROUP) || !defined(CHUNK) || !defined(RESULTS) || !defined(SLICES)
#error "GROUP, CHUNK (sums of a work-item), RESULTS and SLICES are needed"
#endif

// Sums that an item reads. A single one it reads even beyond the last, which it then repeats: behind a branch, each load waited
// for the one before (in the machine code for sm_90).
#if CHUNK == 1
#define READ(count) 1
#else
#define READ(count) (count)
#endif

// Local size: (RESULTS * SLICES, 1, 1). Groups: (sums in chunks of RESULTS*CHUNK, 1, 1): a work-item reads the rows of partials one
// after another. Those beyond the last chunk have a count below 1 and store nothing.
__kernel __attribute__((reqd_work_group_size(RESULTS * SLICES, 1, 1)))
void sum_partials(__global const float *restrict partials, const long partials_offset, __global float *restrict dst,
                  const long dst_offset, const int spans, const int sums) {
  const int column = get_local_id(0) % RESULTS, slice = get_local_id(0) / RESULTS;
  const int first = (get_group_id(0) * RESULTS + column) * CHUNK, count = min(CHUNK, sums - first);
  __global const float *from = partials + partials_offset + (long)min(first, sums - 1) * GROUP;
  float sum[CHUNK];
  for (int i = 0; i < CHUNK; i++) sum[i] = 0.0f;
#pragma unroll 8  // loads under way at once
  for (int span = slice; span < spans; span += SLICES)
    for (int i = 0; i < READ(count); i++)
      for (int j = 0; j < GROUP; j++) sum[i] += from[(long)span * sums * GROUP + i * GROUP + j];
#if SLICES > 1
  __local float slices[CHUNK][SLICES][RESULTS];
  for (int i = 0; i < CHUNK; i++) slices[i][slice][column] = sum[i];
  barrier(CLK_LOCAL_MEM_FENCE);
  if (slice > 0) return;
  for (int i = 0; i < CHUNK; i++)
    for (int s = 1; s < SLICES; s++) sum[i] += slices[i][s][column];
#endif
  for (int i = 0; i < count; i++) dst[dst_offset + first + i] = sum[i];
}
