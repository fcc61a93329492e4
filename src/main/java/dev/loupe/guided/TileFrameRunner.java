package dev.loupe.guided;

import dev.loupe.graph.Halo;
import dev.loupe.image.RowSink;
import dev.loupe.image.RowSource;
import dev.loupe.op.Layout;
import dev.loupe.op.TensorType;
import dev.loupe.opencl.OutOfDeviceMemoryException;
import dev.loupe.tensor.Blocks;
import dev.loupe.tensor.Shape;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;

/**
 * The frame runner for frames whose features do not fit the device: tiles, one after another, each
 * with the pixels around it that its own depend on; as wide as the frame (strips of rows) where
 * that fits.
 *
 * <p>Variants base, full and all of FSRCNN, PAN and SRResNet give the bytes of the whole frame.
 * What is taken from the whole frame is taken from the tile: each tile refines its own share of the
 * K patches and at least one, channel attention (RCAN) means over the tile, and spatial attention
 * (RFDN) is resized over it; of these two networks, pixels further than 48 away have no influence.
 */
final class TileFrameRunner implements FrameRunner {
  /**
   * Tiles begin where those of convolutions (4 pixels, 8 of Fourier transforms) begin, also over
   * windows of pools (6).
   */
  private static final int STEP = 24;

  private static final int TALLEST = 1024;

  /** Lower strips compute more for their halos than narrower tiles do. */
  private static final int LOWEST_STRIP = 192;

  /** Convolutions of narrower frames are computed in other ways (WinogradConv2d.WIDE). */
  private static final int NARROWEST = 240;

  /** PAN reaches 53 to 70 pixels, SRResNet 57 to 80, FSRCNN 10 to 17. */
  private static final int WIDEST_HALO = 96;

  /** RFDN reaches 153 pixels and more, RCAN 581, and their tiles differ in any case. */
  private static final int CUT_HALO = 48;

  private final GuidedScheme scheme;
  private final FrameSpec spec;
  private final FrameGraph frame;
  private final Function<FrameGraph, FrameRunner> maker;
  private final int step;
  private final int halo;
  private final StageTimes times = new StageTimes();
  private final float[] mask;
  private final int width;
  private final int height;
  private final MemoryUse memory;
  private int tileWidth;
  private int tileHeight;
  private FrameRunner tile;
  private ByteBuffer window;
  private int[] selected = new int[0];

  /**
   * Prepares the tiles of a frame, as large as they fit.
   *
   * @param maker of a tile's runner; null where it does not fit
   * @param least bytes that a tile takes
   * @throws OutOfDeviceMemoryException if not even the smallest tile fits
   */
  TileFrameRunner(
      GuidedScheme scheme,
      FrameSpec spec,
      Function<FrameGraph, FrameRunner> maker,
      ToLongFunction<FrameGraph> least) {
    this.scheme = scheme;
    this.spec = spec;
    this.maker = maker;
    frame = scheme.build(spec);
    width = spec.input().shape().w();
    height = spec.input().shape().h();
    mask = new float[frame.mask().isPresent() ? frame.cells() : 0];
    step = step(scheme.p());
    halo = roundedUp(reach());
    prepareLargest(least);
    MemoryUse one = tile.memory();
    String pieces =
        tileWidth == width
            ? "in strips of %d rows, each %s".formatted(tileHeight, one.pieces())
            : "in tiles of %dx%d, each %s".formatted(tileWidth, tileHeight, one.pieces());
    memory = new MemoryUse(one.planned(), one.separate(), pieces);
  }

  /** The least multiple of {@link #STEP} where cells of the patch grid begin too. */
  private static int step(int p) {
    int step = STEP;
    while (step % p != 0) {
      step += STEP;
    }
    return step;
  }

  /** Pixels around a tile that it sees: as in a high frame, whose edges cut nothing off. */
  private int reach() {
    int high = 4 * Math.max(step, WIDEST_HALO);
    Shape shape = spec.input().shape();
    TensorType input = spec.input().withShape(shape.withSize(high, shape.w()));
    int reach = Halo.rows(scheme.build(spec.withInput(input)).graph(), step);
    return reach > WIDEST_HALO ? CUT_HALO : reach;
  }

  private int roundedUp(int pixels) {
    return Blocks.roundUp(pixels, step);
  }

  private void prepareLargest(ToLongFunction<FrameGraph> least) {
    int rows = roundedUp(TALLEST);
    int columns = roundedUp(width);
    while (true) {
      tileWidth = tileSide(width, columns, roundedUp(NARROWEST));
      tileHeight = tileSide(height, rows, 0);
      tile = isTile() ? maker.apply(tile(tileWidth, tileHeight)) : null;
      if (tile != null) {
        return;
      }
      if (rows == step && columns == step) {
        throw new OutOfDeviceMemoryException(
            "a tile of %dx%d of a %dx%d picture takes %d MB of device memory, more than may be had"
                .formatted(
                    tileWidth,
                    tileHeight,
                    width,
                    height,
                    (least.applyAsLong(tile(tileWidth, tileHeight)) >> 20) + 1));
      }
      if (rows > step && (rows > LOWEST_STRIP || columns == step)) {
        rows = roundedUp(rows / 2);
      } else {
        columns = roundedUp(columns / 2);
      }
    }
  }

  /** Whether it is no frame of its own, and a row of tiles is held in one buffer. */
  private boolean isTile() {
    if (tileWidth == width) {
      return tileHeight < height;
    }
    TensorType picture = frame.output().type();
    int kept =
        Span.cover(height, tileHeight, halo, step).stream().mapToInt(Span::kept).max().orElse(0);
    long rows = (long) kept * picture.shape().h() / height;
    return picture.layout() == Layout.FRAME || rows * picture.bytes(1) <= Integer.MAX_VALUE;
  }

  /**
   * The side of the tiles that keep about {@code kept} pixels each. All have one size, as another
   * takes time to prepare: the last begins a multiple of {@link #step} before the end.
   *
   * @param least a multiple of the step that a tile has in any case, unless the frame has not
   */
  private int tileSide(int side, int kept, int least) {
    int even = roundedUp(Blocks.count(side, Blocks.count(side, kept)));
    return Math.min(side, Math.max(least, even + 2 * halo) + side % step);
  }

  /** The graph of a tile, with its share of the patches. */
  private FrameGraph tile(int columns, int rows) {
    TensorType whole = spec.input();
    Shape shape = whole.shape().withSize(rows, columns);
    FrameSpec tile = spec.withInput(whole.withShape(shape)).withK(share());
    return scheme.build(tile.withFeature(false));
  }

  /** Of few patches the share of a tile would round to none. */
  private PatchCount share() {
    int k = spec.k().among(frame.cells());
    double share = (double) k / frame.cells();
    return k == 0 || share == 1 ? PatchCount.share(share) : PatchCount.atLeast(1, share);
  }

  @Override
  public FrameGraph frame() {
    return frame;
  }

  @Override
  public void run(Buffer input, Buffer output, Progress progress) {
    frame.requireRoom(input, output);
    if (input instanceof FloatBuffer floats) {
      run(new FloatTiles(frame, floats, (FloatBuffer) output)::run, progress);
    } else {
      run(RowSource.of((ByteBuffer) input), RowSink.into((ByteBuffer) output), progress);
    }
  }

  @Override
  public void run(RowSource input, RowSink output, Progress progress) {
    frame.requirePixels();
    if (window == null) {
      int bytes = Math.toIntExact(spec.input().bytes(tileHeight));
      window = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }
    run(new PixelTiles(frame, input, output, window, times)::run, progress);
  }

  /** What runs a tile on its part of the frame's input and output. */
  private interface Ends {
    void run(FrameRunner runner, Tile tile, Progress progress);
  }

  private void run(Ends ends, Progress progress) {
    times.clear();
    IntStream.Builder cells = IntStream.builder();
    List<Span> across = Span.cover(width, tileWidth, halo, step);
    double done = 0;
    for (Span rows : Span.cover(height, tileHeight, halo, step)) {
      for (Span columns : across) {
        Tile place = new Tile(rows, columns);
        double share = place.kept() / ((double) width * height);
        ends.run(tile, place, progress.part(done, done + share));
        done += share;
        tile.times().nanos().forEach(times::add);
        keepGuidance(place, cells);
      }
    }
    selected = cells.build().sorted().toArray();
  }

  private void keepGuidance(Tile place, IntStream.Builder cells) {
    int p = scheme.p();
    int tileGrid = tile.frame().gridWidth();
    int left = place.columns().first() / p;
    int top = place.rows().first() / p;
    int fromX = place.columns().from() / p;
    int endX = Blocks.count(place.columns().to(), p);
    int fromY = place.rows().from() / p;
    int endY = Blocks.count(place.rows().to(), p);
    tile.mask()
        .ifPresent(
            values -> {
              for (int y = fromY; y < endY; y++) {
                int at = (y - top) * tileGrid + fromX - left;
                System.arraycopy(values, at, mask, y * frame.gridWidth() + fromX, endX - fromX);
              }
            });
    for (int cell : tile.selected()) {
      int x = left + cell % tileGrid;
      int y = top + cell / tileGrid;
      if (x >= fromX && x < endX && y >= fromY && y < endY) {
        cells.add(y * frame.gridWidth() + x);
      }
    }
  }

  @Override
  public Optional<float[]> mask() {
    return frame.mask().map(value -> mask.clone());
  }

  @Override
  public int[] selected() {
    return selected.clone();
  }

  /** They keep none. */
  @Override
  public Optional<float[]> feature() {
    return Optional.empty();
  }

  @Override
  public StageTimes times() {
    return times;
  }

  @Override
  public MemoryUse memory() {
    return memory;
  }

  @Override
  public void close() {
    if (tile != null) {
      tile.close();
      tile = null;
    }
  }
}
