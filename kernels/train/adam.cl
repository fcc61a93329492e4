// One step of Adam (Kingma and Ba 2015) on the elements of one parameter, and of the running average of its weights:
//
//   m += (1 - BETA1) * (g - m)    v += (1 - BETA2) * (g*g - v)
//   w -= step[0] * m / (sqrt(v) * step[1] + EPSILON)    average += step[2] * (w - average)
//
// step holds, for this iteration, rate / (1 - BETA1^t), 1 / sqrt(1 - BETA2^t) and 1 - the average's decay.

#if !defined(BETA1) || !defined(BETA2) || !defined(EPSILON)
#error "BETA1, BETA2 and EPSILON are needed"
#endif
#ifndef CHUNK
#error "CHUNK, the elements that the work-items of one row share, is missing"
#endif

// Global size: (elements of a chunk shared out, chunks of CHUNK, 1). The state's four arrays are one parameter behind another, like weights.
__kernel void adam(__global const float *restrict grad, const long grad_offset, __global float *restrict weights,
                   __global float *restrict first, __global float *restrict second, __global float *restrict average,
                   const long offset, const int count, __global const float *restrict step) {
  const int begin = get_global_id(1) * CHUNK, end = min(count, begin + CHUNK);
  const float rate = step[0], correction = step[1], share = step[2];
  for (int i = begin + get_global_id(0); i < end; i += get_global_size(0)) {
    const long at = offset + i;
    const float g = grad[grad_offset + i];
    const float m = first[at] + (1.0f - BETA1) * (g - first[at]);
    const float v = second[at] + (1.0f - BETA2) * (g * g - second[at]);
    const float w = weights[at] - rate * m / (sqrt(v) * correction + EPSILON);
    first[at] = m;
    second[at] = v;
    weights[at] = w;
    average[at] += share * (w - average[at]);
  }
}
