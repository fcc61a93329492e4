package dev.loupe.op;

import dev.loupe.kernel.Defines;
import dev.loupe.opencl.NdRange;
import dev.loupe.tensor.ConvGeometry;
import dev.loupe.tensor.Shape;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The lowering of the gradient of a convolution's filters to products on matrix units: for the
 * training of GPUs that have them.
 *
 * @param problem whose output channels are the rows of matrices
 * @param tile of a work-group
 * @param transposed whether src and grad have changed places, and with them the channels
 */
record MatrixWeightGradient(
    MatrixGradientTile.Problem problem, MatrixGradientTile tile, boolean transposed) {
  private static final String FILE = "gradient/conv2d_weight_gradient_matrix.cl";
  private static final String ENTRY = "conv2d_weight_gradient_matrix";

  /**
   * The fastest way; empty where there are no matrix units, where no tile fits, where tiles without
   * them are faster and where the driver refuses the group.
   */
  static Optional<MatrixWeightGradient> of(
      LaunchRecorder recorder, Conv2dWeightGradient gradient, TensorType src, TensorType grad) {
    if (recorder.tuning().matrix() == null) {
      return Optional.empty();
    }
    int mostSpans = TiledWeightGradient.sums(gradient.filters(), grad).spans();
    return Stream.concat(
            of(recorder, problem(gradient, grad, mostSpans), false),
            transposed(gradient).stream()
                .flatMap(mirrored -> of(recorder, problem(mirrored, src, mostSpans), true)))
        .min(Comparator.comparingDouble(way -> way.tile.cost(way.problem)))
        .filter(way -> way.runs(recorder));
  }

  /** The same sums over the pixels of src: few output channels fill matrices only as columns. */
  private static Optional<Conv2dWeightGradient> transposed(Conv2dWeightGradient gradient) {
    Shape f = gradient.filters();
    int padding = f.w() - 1 - gradient.geometry().padding();
    if (gradient.geometry().stride() > 1 || f.h() != f.w() || padding < 0) {
      return Optional.empty();
    }
    return Optional.of(
        new Conv2dWeightGradient(
            new Shape(f.c(), f.n(), f.h(), f.w()), new ConvGeometry(f.h(), f.w(), 1, padding)));
  }

  private static MatrixGradientTile.Problem problem(
      Conv2dWeightGradient gradient, TensorType rows, int mostSpans) {
    Shape size = rows.shape();
    return new MatrixGradientTile.Problem(
        gradient.filters(), gradient.geometry(), size.h(), size.w(), rows.lanes(), mostSpans);
  }

  private static Stream<MatrixWeightGradient> of(
      LaunchRecorder recorder, MatrixGradientTile.Problem problem, boolean transposed) {
    long localBytes = recorder.localBytes();
    return MatrixGradientTile.of(recorder.tuning().matrix(), localBytes, problem).stream()
        .map(tile -> new MatrixWeightGradient(problem, tile, transposed));
  }

  /** Records the launches. */
  void record(LaunchRecorder recorder, List<TensorView> inputs, TensorView output) {
    TensorView src = inputs.get(transposed ? 1 : 0);
    TensorView grad = inputs.get(transposed ? 0 : 1);
    Shape in = src.type().shape();
    PartialSums sums = sums(recorder);
    recorder
        .kernel(FILE, ENTRY, define(recorder))
        .tensor(src)
        .tensor(grad)
        .scratch()
        .ints(in.h(), in.w(), problem.height(), problem.width(), problem.batch())
        .launch(
            NdRange.global(
                    tile.columnGroups(problem) * tile.items(),
                    tile.rowGroups(problem),
                    sums.spans())
                .local(tile.items(), 1, 1));
    sums.addUp(recorder, 1, output);
  }

  private boolean runs(LaunchRecorder recorder) {
    Defines defines = define(recorder);
    return recorder.library().runs(FILE, ENTRY, defines, tile.items());
  }

  private PartialSums sums(LaunchRecorder recorder) {
    int processors = recorder.library().context().device().compute().units();
    return new PartialSums(
        tile.spans(problem, processors), Math.toIntExact(problem.filters().elements()));
  }

  private Defines define(LaunchRecorder recorder) {
    Shape filters = problem.filters();
    return Convolutions.define(recorder.defines(), filters.c(), filters.n(), problem.geometry())
        .flag("MATRIX_UNITS", recorder.library().context().device().compute().matrixUnits())
        .flag("TRANSPOSED", transposed)
        .set("OC_TILES", tile.rowTiles())
        .set("OC_WARPS", tile.warps().rows())
        .set("TAP_ROWS", tile.tapRows())
        .set("ROW_WARPS", tile.warps().taps())
        .set("IC_TILE", tile.channels())
        .set("COLUMN_TILES", tile.columnTiles())
        .set("COLUMN_WARPS", tile.warps().columns())
        .set("COLUMNS", tile.strip().columns())
        .set("TILE_LANES", tile.strip().lanes());
  }
}
