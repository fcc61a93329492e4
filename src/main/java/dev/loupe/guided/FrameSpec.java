package dev.loupe.guided;

import dev.loupe.op.Layout;
import dev.loupe.op.Precision;
import dev.loupe.op.TensorType;
import dev.loupe.tensor.Shape;
import dev.loupe.weights.Variant;

/**
 * What a frame is and what is wanted of it.
 *
 * @param input pixels (1, 1 or 3, H, W) or a float frame (1, 3, H, W); its precision is that of all
 *     tensors on the device
 * @param variant how much of the scheme runs
 * @param k patches to refine, for variant mask
 * @param order which patches those are
 * @param keepFeature whether the coarse feature is to be read back
 * @param ensemble whether it is made in its eight symmetries, see {@link EnsembleFrameRunner}
 */
public record FrameSpec(
    TensorType input,
    Variant variant,
    PatchCount k,
    PatchOrder order,
    boolean keepFeature,
    boolean ensemble) {
  /** Interleaved pixels of 1 or 3 samples, 8 or 16 bit. */
  public static FrameSpec pixels(
      int width, int height, int samples, int bitDepth, Variant variant, PatchCount k) {
    Layout layout = bitDepth == 16 ? Layout.PIXELS16 : Layout.PIXELS8;
    return new FrameSpec(
        new TensorType(Shape.frame(samples, height, width), layout),
        variant,
        k,
        PatchOrder.LARGEST,
        false,
        false);
  }

  /** A planar float frame, as golden cases and callers with tensors have it. */
  public static FrameSpec floats(int width, int height, Variant variant, PatchCount k) {
    return new FrameSpec(
        TensorType.frame(3, height, width), variant, k, PatchOrder.LARGEST, false, false);
  }

  /** The same of another input: of another size, or type of samples. */
  public FrameSpec withInput(TensorType other) {
    return new FrameSpec(other, variant, k, order, keepFeature, ensemble);
  }

  /** The same frame with its tensors stored otherwise. */
  public FrameSpec withPrecision(Precision precision) {
    return withInput(input.withPrecision(precision));
  }

  /** The same frame with another number of patches refined. */
  public FrameSpec withK(PatchCount other) {
    return new FrameSpec(input, variant, other, order, keepFeature, ensemble);
  }

  /** The same frame with other patches refined. */
  public FrameSpec withOrder(PatchOrder other) {
    return new FrameSpec(input, variant, k, other, keepFeature, ensemble);
  }

  /** The same frame, its coarse feature kept in memory to be read back, or not. */
  public FrameSpec withFeature(boolean kept) {
    return new FrameSpec(input, variant, k, order, kept, ensemble);
  }

  /** The same frame as a self-ensemble, or not. */
  public FrameSpec withEnsemble(boolean wanted) {
    return new FrameSpec(input, variant, k, order, keepFeature, wanted);
  }
}
