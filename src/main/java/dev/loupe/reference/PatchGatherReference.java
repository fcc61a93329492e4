package dev.loupe.reference;

import dev.loupe.tensor.Blocks;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;

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
   * @param patch p, side of a patch without its halo in pixels, at least 1
   * @param halo ring around a patch in pixels, at least 0
   * @throws IllegalArgumentException if src is a batch, a size is out of range, an index lies
   *     outside the grid, or there is none (an empty batch is no tensor: skip the refinement)
   */
  public static FloatTensor forward(FloatTensor src, int[] indices, int patch, int halo) {
    Shape in = src.shape();
    if (in.n() != 1 || patch < 1 || halo < 0) {
      throw new IllegalArgumentException(
          "patchGather src %s, patch size %d, halo %d: needs (1, C, H, W), >= 1, >= 0"
              .formatted(in, patch, halo));
    }
    checkIndices(indices, in, patch);
    int columns = Blocks.count(in.w(), patch);
    int side = patch + 2 * halo;
    return FloatTensor.generate(
        new Shape(indices.length, in.c(), side, side),
        (k, c, r, s) -> {
          int top = indices[k] / columns * patch - halo;
          int left = indices[k] % columns * patch - halo;
          return src.getPadded(0, c, top + r, left + s);
        });
  }

  /** Throws unless there are indices and all lie in the patch grid of {@code image}. */
  static void checkIndices(int[] indices, Shape image, int patch) {
    int rows = Blocks.count(image.h(), patch);
    int columns = Blocks.count(image.w(), patch);
    if (indices.length == 0) {
      throw new IllegalArgumentException("no patch indices: with K = 0 there is nothing to refine");
    }
    for (int index : indices) {
      if (index < 0 || index >= rows * columns) {
        throw new IllegalArgumentException(
            "patch index %d lies outside the %d x %d grid of %s with patch size %d"
                .formatted(index, rows, columns, image, patch));
      }
    }
  }
}
