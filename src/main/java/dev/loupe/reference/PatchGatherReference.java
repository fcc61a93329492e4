package dev.loupe.reference;

import dev.loupe.tensor.Blocks;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import java.util.stream.IntStream;

/**
 * The chosen patches with their halo, packed into a batch. {@code src} is (1, C, H, W), {@code
 * indices} K cells of the patch grid (ceil(H / p), ceil(W / p)) in raster order, {@code dst} (K, C,
 * p + 2 halo, p + 2 halo).
 *
 * <pre>
 * dst(k, c, r, s) = src(0, c, i p - halo + r, j p - halo + s),  (i, j) = cell of indices[k]
 * </pre>
 *
 * <p>Zeros outside the image, also in partial cells (docs/networks.md 0.5 and 4).
 */
public final class PatchGatherReference {
  private PatchGatherReference() {}

  /**
   * Gathers the patches.
   *
   * @param patchSize p, side of a patch without its halo in pixels, at least 1
   * @param halo ring around a patch in pixels, at least 0
   * @throws IllegalArgumentException if src is a batch, a size is out of range, an index lies
   *     outside the grid, or there is none (an empty batch is no tensor: skip the refinement)
   */
  public static FloatTensor forward(FloatTensor src, int[] indices, int patchSize, int halo) {
    Shape in = src.shape();
    if (in.n() != 1 || patchSize < 1 || halo < 0) {
      throw new IllegalArgumentException(
          "patchGather src %s, patch size %d, halo %d: needs (1, C, H, W), >= 1, >= 0"
              .formatted(in, patchSize, halo));
    }
    checkIndices(indices, in, patchSize);
    int columns = Blocks.count(in.w(), patchSize);
    int side = patchSize + 2 * halo;
    FloatTensor dst = FloatTensor.zeros(new Shape(indices.length, in.c(), side, side));
    IntStream.range(0, indices.length)
        .parallel()
        .forEach(
            k -> {
              int top = indices[k] / columns * patchSize - halo;
              int left = indices[k] % columns * patchSize - halo;
              for (int c = 0; c < in.c(); c++) {
                for (int r = 0; r < side; r++) {
                  for (int s = 0; s < side; s++) {
                    dst.set(k, c, r, s, src.getPadded(0, c, top + r, left + s));
                  }
                }
              }
            });
    return dst;
  }

  /** Throws unless there are indices and all lie in the patch grid of {@code image}. */
  static void checkIndices(int[] indices, Shape image, int patchSize) {
    int rows = Blocks.count(image.h(), patchSize);
    int columns = Blocks.count(image.w(), patchSize);
    if (indices.length == 0) {
      throw new IllegalArgumentException("no patch indices: with K = 0 there is nothing to refine");
    }
    for (int index : indices) {
      if (index < 0 || index >= rows * columns) {
        throw new IllegalArgumentException(
            "patch index %d lies outside the %d x %d grid of %s with patch size %d"
                .formatted(index, rows, columns, image, patchSize));
      }
    }
  }
}
