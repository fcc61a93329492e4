// Weights in the order that a kernel reads them: dst[i] = src[sources[i]], or zero where sources[i] < 0.

// Global size: (places shared out, 1, 1).
__kernel void arrange(__global const float *restrict src, const long src_offset, __global const int *restrict sources,
                      __global float *restrict dst, const long dst_offset, const int places) {
  for (int i = get_global_id(0); i < places; i += get_global_size(0))
    dst[dst_offset + i] = sources[i] < 0 ? 0.0f : src[src_offset + sources[i]];
}
