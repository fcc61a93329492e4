package dev.loupe.image;

/**
 * For each output sample of a resize in one direction, the input samples it is made of and their
 * weights, as {@link Bicubic} explains.
 */
final class CubicTaps {
  final int count;
  final int[] sources;
  final double[] weights;

  CubicTaps(int length, int outLength) {
    double scale = (double) outLength / length;
    double stretch = Math.min(1, scale);
    double width = 4 / stretch;
    count = (int) Math.ceil(width) + 2;
    sources = new int[Math.multiplyExact(outLength, count)];
    weights = new double[sources.length];
    for (int out = 0; out < outLength; out++) {
      double centre = (out + 0.5) / scale - 0.5;
      int first = (int) Math.floor(centre - width / 2 + 0.5);
      double sum = 0;
      for (int t = 0; t < count; t++) {
        double weight = cubic((centre - (first + t)) * stretch);
        weights[out * count + t] = weight;
        sources[out * count + t] = Math.max(0, Math.min(length - 1, first + t));
        sum += weight;
      }
      for (int t = 0; t < count; t++) {
        weights[out * count + t] /= sum;
      }
    }
  }

  /** The last input sample that {@code out} needs. */
  int last(int out) {
    return sources[(out + 1) * count - 1];
  }

  private static double cubic(double distance) {
    double x = Math.abs(distance);
    if (x <= 1) {
      return (1.5 * x - 2.5) * x * x + 1;
    }
    return x <= 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
  }
}
