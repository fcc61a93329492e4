package dev.loupe.reference;

import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;

/**
 * All patches of a batch of crops, and the adjoint. Crops are (N, C, H, W), H and W multiples of
 * the patch; patches are (cells * N, C, size, size) with size = patch + 2 * halo.
 *
 * <pre>
 * patches(cell * N + n, c, r, s) = crops(n, c, i * patch - halo + r, j * patch - halo + s)
 * </pre>
 *
 * <p>(i, j) is the cell in raster order; zeros outside.
 */
public final class PatchSplitReference {
  private PatchSplitReference() {}

  private interface Visitor {
    void visit(int cellAndImage, int c, int r, int s, int n, int y, int x);
  }

  private static void forEach(Shape crops, int patch, int halo, Visitor visitor) {
    int columns = crops.w() / patch;
    int cells = crops.h() / patch * columns;
    int size = patch + 2 * halo;
    for (int k = 0; k < cells * crops.n(); k++) {
      int cell = k / crops.n();
      for (int at = 0; at < crops.c() * size * size; at++) {
        int r = at / size % size;
        int s = at % size;
        int y = cell / columns * patch - halo + r;
        int x = cell % columns * patch - halo + s;
        if (y >= 0 && y < crops.h() && x >= 0 && x < crops.w()) {
          visitor.visit(k, at / size / size, r, s, k % crops.n(), y, x);
        }
      }
    }
  }

  /** Crops to patches. */
  public static FloatTensor split(FloatTensor crops, int patch, int halo) {
    Shape in = crops.shape();
    int cells = (in.h() / patch) * (in.w() / patch);
    int size = patch + 2 * halo;
    FloatTensor dst = FloatTensor.zeros(new Shape(cells * in.n(), in.c(), size, size));
    forEach(in, patch, halo, (k, c, r, s, n, y, x) -> dst.set(k, c, r, s, crops.get(n, c, y, x)));
    return dst;
  }

  /** Patches to crops of this size, added up where they overlap. */
  public static FloatTensor merge(FloatTensor patches, int patch, int halo, int height, int width) {
    int cells = (height / patch) * (width / patch);
    Shape crops = new Shape(patches.shape().n() / cells, patches.shape().c(), height, width);
    FloatTensor dst = FloatTensor.zeros(crops);
    forEach(
        crops,
        patch,
        halo,
        (k, c, r, s, n, y, x) ->
            dst.set(n, c, y, x, dst.get(n, c, y, x) + patches.get(k, c, r, s)));
    return dst;
  }
}
