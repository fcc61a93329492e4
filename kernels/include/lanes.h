// Vector lanes: one work-item computes LANES neighbouring elements at once, along the row of a frame or, with
// LANES_ALONG_BATCH, along the batch of patches (so that 6x6 windows fill the vectors as well as a frame does).
//
//   frame    element (c, y, x)     at  offset + c*plane + y*pitch + x              lanes = x, x+1, ...
//   patches  element (n, c, y, x)  at  offset + c*plane + (y*WIDTH + x)*pitch + n   lanes = n, n+1, ...
//
// pitch is a multiple of 16: the last vector of a row may store into the gap behind it, which nobody reads unmasked.
// Reads may touch up to 128 elements before and after a tensor; every arena has that slack.

#ifndef LANES
#error "LANES (1, 2, 4, 8 or 16) is missing"
#endif

// PoCL's front end reports the loops that are unrolled only after inlining, and prints the count on the user's terminal.
#ifdef __clang__
#pragma clang diagnostic ignored "-Wpass-failed"
#endif

// Private arrays stay in registers only where the function that fills them is inlined: without this, PoCL's compiler
// called accumulate_in_private and kept its accumulators in memory (seen in the machine code).
#define INLINE inline __attribute__((always_inline))

#define CONCAT_(a, b) a##b
#define CONCAT(a, b) CONCAT_(a, b)

// Tensors are stored in fp32 or, with HALF, in fp16; either way kernels compute in fp32 and local memory holds it. Loading and
// storing halves needs no extension, only their arithmetic would. Rounding is to the nearest even by default; asked for by
// name, vstore_half_rte, it takes libclc 90 instructions instead of 16.
#ifdef HALF
typedef half stored_t;
#define LOAD(p) vload_half(0, p)
#define STORE(v, p) vstore_half(v, 0, p)
#else
typedef float stored_t;
#define LOAD(p) (*(p))
#define STORE(v, p) (*(p) = (v))
#endif

// LANES elements of a tensor, and of scratch memory.
#if LANES == 1
typedef float real_v;
typedef int int_v;
#define LOAD_LANES(p) LOAD(p)
#define STORE_LANES(v, p) STORE(v, p)
#define LOAD_FLOATS(p) (*(p))
#define STORE_FLOATS(v, p) (*(p) = (v))
#define LANE_INDEX 0
#else
typedef CONCAT(float, LANES) real_v;
typedef CONCAT(int, LANES) int_v;
#define LOAD_FLOATS(p) CONCAT(vload, LANES)(0, p)
#define STORE_FLOATS(v, p) CONCAT(vstore, LANES)(v, 0, p)
// ALIGNED promises that every vector of a tensor begins at a multiple of its size: one load then, where vload takes four.
#if defined(HALF) && defined(ALIGNED)
#define LOAD_LANES(p) CONCAT(vloada_half, LANES)(0, p)
#define STORE_LANES(v, p) CONCAT(vstorea_half, LANES)(v, 0, p)
#elif defined(HALF)
#define LOAD_LANES(p) CONCAT(vload_half, LANES)(0, p)
#define STORE_LANES(v, p) CONCAT(vstore_half, LANES)(v, 0, p)
#elif defined(ALIGNED)
#define LOAD_LANES(p) (*(__global const real_v *)(p))
#define STORE_LANES(v, p) (*(__global real_v *)(p) = (v))
#else
#define LOAD_LANES(p) LOAD_FLOATS(p)
#define STORE_LANES(v, p) STORE_FLOATS(v, p)
#endif
#if LANES == 2
#define LANE_INDEX ((int2)(0, 1))
#elif LANES == 4
#define LANE_INDEX ((int4)(0, 1, 2, 3))
#elif LANES == 8
#define LANE_INDEX ((int8)(0, 1, 2, 3, 4, 5, 6, 7))
#else
#define LANE_INDEX ((int16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15))
#endif
#endif

// a * b + c, on a CPU in one step. Several drivers emulate a GPU's fma: Mesa's rusticl before 26.2 took 14 times as long and more
// for a convolution; by LLVM's tables many of AMD's before Vega are slow at it. mad is whatever the device is quick at.
#if LANES == 1 || defined(ALIGNED)
#define MULTIPLY_ADD(a, b, c) mad(a, b, c)
#else
#define MULTIPLY_ADD(a, b, c) fma(a, b, c)
#endif

// Asks a CPU for the cache line at p, to be read or written soon. OpenCL's own prefetch() does nothing in PoCL.
#if defined(__x86_64__) || defined(__aarch64__)
#define PREFETCH(p) __builtin_prefetch(p, 0, 1)
#else
#define PREFETCH(p)
#endif

// A tensor argument: buffer, first element, elements between rows (or positions), elements between channels.
#define SRC_TENSOR(name) \
  __global const stored_t *restrict name, const long name##_offset, const int name##_pitch, const long name##_plane
#define DST_TENSOR(name) \
  __global stored_t *restrict name, const long name##_offset, const int name##_pitch, const long name##_plane

// LANES elements of a row from column x on; lanes outside [0, width) read zero, as the padding of a convolution does.
INLINE real_v load_lanes_padded(__global const stored_t *row, const int x, const int width) {
  const real_v v = LOAD_LANES(row + x);
#if LANES == 1
  return x >= 0 && x < width ? v : 0.0f;
#else
  const int_v lane = x + LANE_INDEX;
  return select((real_v)(0.0f), v, (lane >= 0) & (lane < width));
#endif
}
