package dev.loupe.reference;

import dev.loupe.tensor.Blocks;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import java.util.stream.IntStream;

/**
 * The coarse image with the refined patches pasted over it. {@code coarse} is (1, C, H, W), {@code
 * patches} (K, C, q, q), {@code indices} K distinct cells of the patch grid (ceil(H / q), ceil(W /
 * q)) in raster order, {@code dst} (1, C, H, W).
 *
 * <pre>
 * dst(0, c, i q + r, j q + s) = patches(k, c, r, s) inside the image,  (i, j) = cell of indices[k]
 * dst = coarse everywhere else
 * </pre>
 *
 * <p>A partial cell writes its real pixels only; neighbours are not blended (docs/networks.md 0.5
 * and 4).
 */
public final class PatchScatterReference {
  private PatchScatterReference() {}

  /**
   * Pastes the patches into a copy of {@code coarse}.
   *
   * @throws IllegalArgumentException if coarse is a batch, a shape does not fit, or an index lies
   *     outside the grid or comes twice
   */
  public static FloatTensor forward(FloatTensor coarse, FloatTensor patches, int[] indices) {
    Shape image = coarse.shape();
    Shape batch = patches.shape();
    int patch = batch.h();
    if (image.n() != 1 || !batch.equals(new Shape(indices.length, image.c(), patch, patch))) {
      throw new IllegalArgumentException(
          "patchScatter coarse %s and %d indices need patches (%d, %d, q, q), got %s"
              .formatted(image, indices.length, indices.length, image.c(), batch));
    }
    PatchGatherReference.checkIndices(indices, image, patch);
    if (IntStream.of(indices).distinct().count() != indices.length) {
      throw new IllegalArgumentException("patchScatter got a patch index twice");
    }
    int columns = Blocks.count(image.w(), patch);
    FloatTensor dst = coarse.copy();
    IntStream.range(0, indices.length)
        .parallel()
        .forEach(
            k -> {
              int top = indices[k] / columns * patch;
              int left = indices[k] % columns * patch;
              for (int c = 0; c < image.c(); c++) {
                for (int y = top; y < Math.min(top + patch, image.h()); y++) {
                  for (int x = left; x < Math.min(left + patch, image.w()); x++) {
                    dst.set(0, c, y, x, patches.get(k, c, y - top, x - left));
                  }
                }
              }
            });
    return dst;
  }
}
