package dev.loupe.reference;

import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Norm;
import dev.loupe.tensor.Shape;

/** The weighted mean error of two tensors of one shape (N, C, H, W), and its gradient. */
public final class PictureLossReference {
  private PictureLossReference() {}

  /** (1, 1, 1, 1): weight * mean of what src - target counts. */
  public static FloatTensor loss(FloatTensor src, FloatTensor target, Norm norm, float weight) {
    double sum = 0;
    for (int i = 0; i < src.data().length; i++) {
      sum += norm.of((double) src.data()[i] - target.data()[i]);
    }
    return new FloatTensor(
        Shape.frame(1, 1, 1), new float[] {(float) (weight * sum / src.data().length)});
  }

  /** (N, C, H, W): weight / elements * the slope at src - target. */
  public static FloatTensor gradient(FloatTensor src, FloatTensor target, Norm norm, float weight) {
    FloatTensor dst = FloatTensor.zeros(src.shape());
    for (int i = 0; i < dst.data().length; i++) {
      double slope = norm.slope((double) src.data()[i] - target.data()[i]);
      dst.data()[i] = (float) (weight / (double) dst.data().length * slope);
    }
    return dst;
  }
}
