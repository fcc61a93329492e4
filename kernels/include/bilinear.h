// The two pixels around a position of a bilinear resize, as PyTorch's interpolate(mode='bilinear', align_corners=False):
//
//   position(y) = max(0, (y + 1/2) * height_in / height - 1/2), and likewise for x

typedef struct {
  int first, second;  // the two pixels around a position
  float share;        // of the second
} neighbours_t;

// Whole numbers throughout, so that the choice of pixels is exact: the position is in units of 1/(2*size) pixels.
INLINE neighbours_t neighbours_of(const int to, const int size_in, const int size) {
  const long unit = 2L * size;
  const long position = max(0L, (2L * to + 1) * size_in - size);
  neighbours_t n;
  n.first = (int)(position / unit);
  // Where its share is 0 it is not read: in bands that row may not be made yet, and 0 times what lies there may be a NaN.
  n.second = position == n.first * unit ? n.first : min(n.first + 1, size_in - 1);
  n.share = (float)(position - n.first * unit) / (float)unit;
  return n;
}

// What pixel `to` takes of pixel `from`, by the same position.
INLINE float weight_of(const int from, const int to, const int size_in, const int size) {
  const long unit = 2L * size;
  const long position = clamp((2L * to + 1) * size_in - size, 0L, (size_in - 1) * unit);
  return fmax(0.0f, 1.0f - fabs((float)(position - from * unit)) * (1.0f / (float)unit));
}
