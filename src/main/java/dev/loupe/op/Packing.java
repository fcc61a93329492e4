package dev.loupe.op;

import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import java.util.Arrays;

/** The order of weights in device memory: what a kernel reads next lies next. */
final class Packing {
  private Packing() {}

  /** OIHW to [block of O][I][H][W][O within the block], zeros beyond O. */
  static float[] blocks(FloatTensor weights, int block) {
    Shape s = weights.shape();
    int blocks = (s.n() + block - 1) / block;
    int taps = s.c() * s.h() * s.w();
    float[] packed = new float[blocks * taps * block];
    for (int o = 0; o < s.n(); o++) {
      for (int tap = 0; tap < taps; tap++) {
        packed[(o / block * taps + tap) * block + o % block] = weights.data()[o * taps + tap];
      }
    }
    return packed;
  }

  /** IOHW to [I][H][W][O]. */
  static float[] outputsLast(FloatTensor weights) {
    Shape s = weights.shape();
    float[] packed = new float[weights.data().length];
    int taps = s.h() * s.w();
    for (int i = 0; i < s.n(); i++) {
      for (int o = 0; o < s.c(); o++) {
        for (int tap = 0; tap < taps; tap++) {
          packed[(i * taps + tap) * s.c() + o] = weights.data()[(i * s.c() + o) * taps + tap];
        }
      }
    }
    return packed;
  }

  /**
   * A vector of {@code channels} values (one value is repeated, none is zeros), padded to whole
   * blocks.
   */
  static float[] padded(Parameter vector, int channels, int block) {
    float[] packed = new float[(channels + block - 1) / block * block];
    if (vector != null) {
      float[] values = vector.value().data();
      if (values.length == 1) {
        Arrays.fill(packed, 0, channels, values[0]);
      } else {
        System.arraycopy(values, 0, packed, 0, channels);
      }
    }
    return packed;
  }
}
