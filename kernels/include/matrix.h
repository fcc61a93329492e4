// Products of small matrices by the 32 items of a warp, as NVIDIA's matrix units (tensor cores) make them:
//
//   d (16 rows, 8 columns) += a (16 rows, 4 words) * b (4 words, 8 columns)
//
// A word is two channels as halves (HALF) or one as a float of which 11 bits count (TF32); sums are fp32. Of them item 4*g + t
// of the warp holds a[g][t] and a[g+8][t], b[t][g], and as d[0..3] d[g][2t], d[g][2t+1], d[g+8][2t] and d[g+8][2t+1].
//
// OpenCL C has no such product, but NVIDIA's compiler takes PTX (PTX ISA, mma.m16n8k8 of f16, mma.m16n8k4 of tf32): with
// MATRIX_UNITS. Any other device makes the same sums from the same words of local memory, slowly: for tests.
//
// Needed: the distance in local memory of a's rows and words, A_ROW and A_WORD, and of b's words and columns, B_WORD and
// B_COLUMN. A warp meets no bank twice where one of each pair is 1 and the other 8 (or 4 to 1) modulo 32.

#if !defined(A_ROW) || !defined(A_WORD) || !defined(B_WORD) || !defined(B_COLUMN)
#error "A_ROW, A_WORD, B_WORD and B_COLUMN are needed"
#endif

#define WARP 32
#define STEP_WORDS 4
#define MATRIX_ROWS 16
#define MATRIX_COLUMNS 8
#define WARP_G (get_local_id(0) % WARP / 4)
#define WARP_T (get_local_id(0) % 4)

#ifdef HALF
#define WORD_CHANNELS 2
#else
#define WORD_CHANNELS 1
#endif

#ifdef MATRIX_UNITS
#define MATRIX_UNROLL _Pragma("unroll")

// What an item holds of a and b; made from where the item's own words lie.
typedef struct {
  uint low, high;
} a_words_t;
typedef uint b_words_t;
#define A_ORIGIN(p) ((p) + WARP_G * A_ROW + WARP_T * A_WORD)
#define B_ORIGIN(p) ((p) + WARP_G * B_COLUMN + WARP_T * B_WORD)
#define A_WORDS(origin) ((a_words_t){(origin)[0], (origin)[8 * A_ROW]})
#define B_WORDS(origin) (*(origin))

// Of a float the word that the unit reads: rounded, where the unit itself would cut bits off.
INLINE uint tf32(const float v) {
  uint word;
  __asm__("cvt.rna.tf32.f32 %0, %1;" : "=r"(word) : "f"(v));
  return word;
}

INLINE void multiply_add(float d[4], const a_words_t a, const b_words_t b) {
#ifdef HALF
  __asm__("mma.sync.aligned.m16n8k8.row.col.f32.f16.f16.f32 {%0, %1, %2, %3}, {%4, %5}, {%6}, {%0, %1, %2, %3};"
#else
  __asm__("mma.sync.aligned.m16n8k4.row.col.f32.tf32.tf32.f32 {%0, %1, %2, %3}, {%4, %5}, {%6}, {%0, %1, %2, %3};"
#endif
      : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
      : "r"(a.low), "r"(a.high), "r"(b));
}

// Two steps in one instruction.
INLINE void multiply_add_two(float d[4], const a_words_t a[2], const b_words_t b[2]) {
#ifdef HALF
  __asm__("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
#else
  __asm__("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
#endif
      : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
      : "r"(a[0].low), "r"(a[0].high), "r"(a[1].low), "r"(a[1].high), "r"(b[0]), "r"(b[1]));
}

#else
#define MATRIX_UNROLL _Pragma("unroll 1")
typedef __local const uint *a_words_t;
typedef __local const uint *b_words_t;
#define A_ORIGIN(p) (p)
#define B_ORIGIN(p) (p)
#define A_WORDS(origin) (origin)
#define B_WORDS(origin) (origin)

INLINE uint tf32(const float v) {
  const uint bits = as_uint(v);
  return isfinite(v) ? (bits + 0x1000) & 0xffffe000 : bits;
}

// vload_half would read by another type what was stored as words, which compilers may take for something else.
INLINE float half_to_float(const uint bits) {
  const uint magnitude = (bits & 0x7fff) << 13, sign = (bits & 0x8000) << 16;
  const float value = magnitude < 0x0f800000 ? as_float(magnitude) * 0x1p112f : as_float(magnitude | 0x7f800000);
  return as_float(as_uint(value) | sign);
}

INLINE float multiply_words(__local const uint *a, __local const uint *b) {
#ifdef HALF
  return half_to_float(*a) * half_to_float(*b) + half_to_float(*a >> 16) * half_to_float(*b >> 16);
#else
  return as_float(*a) * as_float(*b);
#endif
}

INLINE void multiply_add(float d[4], const a_words_t a, const b_words_t b) {
  for (int i = 0; i < 4; i++)
    for (int word = 0; word < STEP_WORDS; word++)
      d[i] += multiply_words(a + (WARP_G + i / 2 * 8) * A_ROW + word * A_WORD, b + (WARP_T * 2 + i % 2) * B_COLUMN + word * B_WORD);
}

INLINE void multiply_add_two(float d[4], const a_words_t a[2], const b_words_t b[2]) {
  multiply_add(d, a[0], b[0]);
  multiply_add(d, a[1], b[1]);
}
#endif
