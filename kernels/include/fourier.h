// Discrete Fourier transforms of 16 points on vectors of LANES sequences, by radix 2 (Cooley and Tukey 1965). The order of the
// frequencies is bit-reversed between the two directions, so that nothing is moved.

#define POINTS 16
#define REVERSED(i) (((i) & 1) << 3 | ((i) & 2) << 1 | ((i) & 4) >> 1 | ((i) & 8) >> 3)

// Cosines and sines of pi * i / 8.
__constant float cosines[] = {1.0f, 0.923879533f, 0.707106781f, 0.382683432f, 0.0f, -0.382683432f, -0.707106781f, -0.923879533f};
__constant float sines[] = {0.0f, 0.382683432f, 0.707106781f, 0.923879533f, 1.0f, 0.923879533f, 0.707106781f, 0.382683432f};

// Butterflies of elements span apart, then the second one's turn by -pi * k / span.
INLINE void forward_stage(real_v re[POINTS], real_v im[POINTS], const int span) {
#pragma unroll
  for (int i = 0; i < POINTS / 2; i++) {
    const int k = i & (span - 1), a = 2 * i - k, b = a + span;
    const real_v dr = re[a] - re[b], di = im[a] - im[b];
    re[a] += re[b];
    im[a] += im[b];
    const float c = cosines[k * 8 / span], s = sines[k * 8 / span];
    re[b] = k == 0 ? dr : 2 * k == span ? di : dr * c + di * s;
    im[b] = k == 0 ? di : 2 * k == span ? -dr : di * c - dr * s;
  }
}

// The inverse of forward_stage, twice as large.
INLINE void inverse_stage(real_v re[POINTS], real_v im[POINTS], const int span) {
#pragma unroll
  for (int i = 0; i < POINTS / 2; i++) {
    const int k = i & (span - 1), a = 2 * i - k, b = a + span;
    const float c = cosines[k * 8 / span], s = sines[k * 8 / span];
    const real_v tr = k == 0 ? re[b] : 2 * k == span ? -im[b] : re[b] * c - im[b] * s;
    const real_v ti = k == 0 ? im[b] : 2 * k == span ? re[b] : im[b] * c + re[b] * s;
    re[b] = re[a] - tr;
    im[b] = im[a] - ti;
    re[a] += tr;
    im[a] += ti;
  }
}

// Sequences in order to frequencies in bit-reversed order.
INLINE void fourier(real_v re[POINTS], real_v im[POINTS]) {
  forward_stage(re, im, 8);
  forward_stage(re, im, 4);
  forward_stage(re, im, 2);
  forward_stage(re, im, 1);
}

// Frequencies in bit-reversed order to sequences in order, POINTS times as large.
INLINE void inverse_fourier(real_v re[POINTS], real_v im[POINTS]) {
  inverse_stage(re, im, 1);
  inverse_stage(re, im, 2);
  inverse_stage(re, im, 4);
  inverse_stage(re, im, 8);
}

// The half spectrum of a real sequence is 16 numbers, step apart: those of frequency 0 and 8, which are real, then the real and
// the imaginary part of 1 to 7. Two real sequences are transformed as the parts of one that is complex.

// From the spectrum of a + i*b to those of a and b, 1 to 7 twice as large.
INLINE void split_pair(__local float *a, __local float *b, const int step, real_v re[POINTS], real_v im[POINTS]) {
  STORE_FLOATS(re[0], a);
  STORE_FLOATS(im[0], b);
  STORE_FLOATS(re[REVERSED(8)], a + step);
  STORE_FLOATS(im[REVERSED(8)], b + step);
#pragma unroll
  for (int k = 1; k < POINTS / 2; k++) {
    const int up = REVERSED(k), down = REVERSED(POINTS - k);
    STORE_FLOATS(re[up] + re[down], a + 2 * k * step);
    STORE_FLOATS(im[up] - im[down], a + (2 * k + 1) * step);
    STORE_FLOATS(im[up] + im[down], b + 2 * k * step);
    STORE_FLOATS(re[down] - re[up], b + (2 * k + 1) * step);
  }
}

// The inverse, of spectra as they are.
INLINE void join_pair(real_v re[POINTS], real_v im[POINTS], __local const float *a, __local const float *b, const int step) {
  re[0] = LOAD_FLOATS(a);
  im[0] = LOAD_FLOATS(b);
  re[REVERSED(8)] = LOAD_FLOATS(a + step);
  im[REVERSED(8)] = LOAD_FLOATS(b + step);
#pragma unroll
  for (int k = 1; k < POINTS / 2; k++) {
    const int up = REVERSED(k), down = REVERSED(POINTS - k);
    const real_v ar = LOAD_FLOATS(a + 2 * k * step), ai = LOAD_FLOATS(a + (2 * k + 1) * step);
    const real_v br = LOAD_FLOATS(b + 2 * k * step), bi = LOAD_FLOATS(b + (2 * k + 1) * step);
    re[up] = ar - bi;
    im[up] = ai + br;
    re[down] = ar + bi;
    im[down] = br - ai;
  }
}
