package dev.loupe.guided;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.loupe.image.RowSink;
import dev.loupe.image.RowSource;
import dev.loupe.network.Fsrcnn;
import dev.loupe.network.Network;
import dev.loupe.network.Pan;
import dev.loupe.network.RandomWeights;
import dev.loupe.network.SrResNet;
import dev.loupe.op.Layout;
import dev.loupe.op.TensorType;
import dev.loupe.opencl.OutOfDeviceMemoryException;
import dev.loupe.tensor.Shape;
import dev.loupe.weights.ModelMetadata;
import dev.loupe.weights.Variant;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests of {@link TileFrameRunner}: tiles against the whole frame. */
@Tag("device")
class TileFrameTest {
  private static final int HEIGHT = 331;
  private static final int WIDTH = 37;

  /** Rows of a strip with its halo. */
  private static final int MOST_ROWS = 150;

  private final List<Integer> heights = new ArrayList<>();

  private static GuidedScheme scheme(Network network) {
    return new GuidedScheme(network, new RandomWeights(5, 0.5f), 4, 1f, 64);
  }

  private FrameRunner strips(GuidedScheme scheme, FrameSpec spec) {
    return tiles(scheme, spec, Integer.MAX_VALUE, MOST_ROWS);
  }

  /** Tiles of a device that has no room for wider or higher ones. */
  private FrameRunner tiles(GuidedScheme scheme, FrameSpec spec, int columns, int rows) {
    return new TileFrameRunner(
        scheme,
        spec,
        frame -> {
          Shape tile = frame.input().type().shape();
          heights.add(tile.h());
          boolean fits = tile.w() <= columns && tile.h() <= rows;
          return fits ? Engines.runner("lwjgl", frame) : null;
        },
        frame -> 0);
  }

  private static Buffer filled(TensorType type) {
    int elements = Math.toIntExact(type.shape().elements());
    Random random = new Random(3);
    if (type.layout() == Layout.FRAME) {
      float[] values = new float[elements];
      for (int i = 0; i < values.length; i++) {
        values[i] = random.nextFloat();
      }
      return FloatBuffer.wrap(values);
    }
    byte[] bytes = new byte[elements * type.elementBytes()];
    random.nextBytes(bytes);
    return direct(type).put(bytes).flip();
  }

  private static ByteBuffer direct(TensorType type) {
    int bytes = Math.toIntExact(type.shape().elements() * type.elementBytes());
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
  }

  private static Buffer run(FrameRunner runner) {
    TensorType out = runner.frame().output().type();
    Buffer picture =
        out.layout() == Layout.FRAME
            ? FloatBuffer.allocate(Math.toIntExact(out.shape().elements()))
            : direct(out);
    double[] last = {0};
    runner.run(
        filled(runner.frame().input().type()),
        picture,
        done -> {
          assertTrue(done >= last[0] && done <= 1 + 1e-9, "progress " + done);
          last[0] = done;
        });
    return picture;
  }

  static Stream<Network> networks() {
    return Stream.of(Fsrcnn.ofScale(3), new Pan(4, 1, 1));
  }

  @ParameterizedTest
  @MethodSource("networks")
  void stripsGiveTheBytesOfTheWholeFrame(Network network) {
    GuidedScheme scheme = scheme(network);
    for (Variant variant : new Variant[] {Variant.BASE, Variant.FULL, Variant.ALL}) {
      FrameSpec spec = FrameSpec.floats(WIDTH, HEIGHT, variant, PatchCount.ALL);
      try (FrameRunner whole = Engines.runner("lwjgl", scheme.build(spec));
          FrameRunner strips = strips(scheme, spec)) {
        float[] expected = ((FloatBuffer) run(whole)).array();
        assertArrayEquals(expected, ((FloatBuffer) run(strips)).array(), variant.toString());
        assertArrayEquals(expected, ((FloatBuffer) run(strips)).array(), "again");
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"BASE", "ALL"})
  void stripsOfPixelsToo(Variant variant) {
    GuidedScheme scheme = scheme(Fsrcnn.ofScale(4));
    for (int depth : new int[] {8, 16}) {
      FrameSpec spec = FrameSpec.pixels(WIDTH, HEIGHT, 3, depth, variant, PatchCount.ALL);
      try (FrameRunner whole = Engines.runner("lwjgl", scheme.build(spec));
          FrameRunner strips = strips(scheme, spec)) {
        assertEquals(run(whole), run(strips), variant + " " + depth);
      }
    }
  }

  static Stream<Arguments> wholeNetworks() {
    Network pan = Pan.of(ModelMetadata.of("pan", 4));
    return Stream.of(
        Arguments.of(Fsrcnn.ofScale(3), Variant.BASE),
        Arguments.of(Fsrcnn.ofScale(3), Variant.FULL),
        Arguments.of(pan, Variant.BASE),
        Arguments.of(pan, Variant.FULL),
        Arguments.of(SrResNet.of(ModelMetadata.of("srresnet", 2)), Variant.BASE));
  }

  /** Of PAN's full network, tiles see 72 pixels around them. */
  @ParameterizedTest
  @MethodSource("wholeNetworks")
  void narrowTilesGiveTheBytesOfTheWholeFrame(Network network, Variant variant) {
    GuidedScheme scheme = scheme(network);
    FrameSpec spec = FrameSpec.floats(601, HEIGHT, variant, PatchCount.ALL);
    try (FrameRunner whole = Engines.runner("lwjgl", scheme.build(spec));
        FrameRunner tiles = tiles(scheme, spec, 450, 310)) {
      assertTrue(tiles.memory().pieces().startsWith("in tiles"), tiles.memory().pieces());
      float[] expected = ((FloatBuffer) run(whole)).array();
      assertArrayEquals(expected, ((FloatBuffer) run(tiles)).array());
    }
  }

  /** A picture too low to show how far the network reaches is as wide as any. */
  @ParameterizedTest
  @CsvSource({"7", "40", "100"})
  void lowFramesToo(int height) {
    GuidedScheme scheme = scheme(Pan.of(ModelMetadata.of("pan", 4)));
    FrameSpec spec = FrameSpec.floats(701, height, Variant.BASE, PatchCount.ALL);
    try (FrameRunner whole = Engines.runner("lwjgl", scheme.build(spec));
        FrameRunner tiles = tiles(scheme, spec, 450, height)) {
      assertArrayEquals(((FloatBuffer) run(whole)).array(), ((FloatBuffer) run(tiles)).array());
    }
  }

  /** The tiles that are tried where none fits. */
  private static List<Shape> tried(FrameSpec spec) {
    List<Shape> tiles = new ArrayList<>();
    assertThrows(
        OutOfDeviceMemoryException.class,
        () ->
            new TileFrameRunner(
                scheme(Fsrcnn.ofScale(4)),
                spec,
                frame -> {
                  tiles.add(frame.input().type().shape());
                  return null;
                },
                frame -> 0));
    return tiles;
  }

  /** What a row of tiles keeps, all but a halo of 24, comes together in a buffer of 2 GiB. */
  @Test
  void ofTheWidestPicturesTilesAreLower() {
    FrameSpec spec = FrameSpec.pixels(200_000, 2000, 3, 16, Variant.BASE, PatchCount.ALL);
    List<Shape> narrow = tried(spec).stream().filter(tile -> tile.w() < 200_000).toList();
    assertFalse(narrow.isEmpty());
    for (Shape tile : narrow) {
      long rows = 4L * (tile.h() - 24);
      assertTrue(rows * 200_000 * 4 * 6 <= Integer.MAX_VALUE, tile.toString());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {241, 300, 500})
  void tilesAreNotSoNarrowThatTheyAreComputedInOtherWays(int width) {
    List<Shape> tiles = tried(FrameSpec.floats(width, HEIGHT, Variant.BASE, PatchCount.ALL));
    assertTrue(tiles.get(tiles.size() - 1).w() >= 240, "tried " + tiles);
  }

  @ParameterizedTest
  @CsvSource({"1, 16", "3, 8"})
  void narrowTilesOfPixelsToo(int samples, int depth) {
    GuidedScheme scheme = scheme(Fsrcnn.ofScale(4));
    FrameSpec spec = FrameSpec.pixels(601, HEIGHT, samples, depth, Variant.ALL, PatchCount.ALL);
    try (FrameRunner whole = Engines.runner("lwjgl", scheme.build(spec));
        FrameRunner tiles = tiles(scheme, spec, 350, 160)) {
      assertTrue(tiles.memory().pieces().startsWith("in tiles"), tiles.memory().pieces());
      assertEquals(run(whole), run(tiles));
      assertArrayEquals(whole.selected(), tiles.selected());
      assertRowsAreThoseOfTheBuffers(tiles);
    }
  }

  /** Of the widest strip, its result crosses over in several parts. */
  @ParameterizedTest
  @ValueSource(ints = {1, WIDTH, 3001})
  void rowsFetchedAndHandedOnAreThoseOfTheBuffers(int width) {
    GuidedScheme scheme = scheme(Fsrcnn.ofScale(2));
    for (int depth : new int[] {8, 16}) {
      FrameSpec spec = FrameSpec.pixels(width, HEIGHT, 3, depth, Variant.MASK, PatchCount.of(90));
      try (FrameRunner strips = strips(scheme, spec);
          FrameRunner whole = Engines.runner("lwjgl", scheme.build(spec))) {
        assertRowsAreThoseOfTheBuffers(strips);
        assertRowsAreThoseOfTheBuffers(whole);
      }
    }
  }

  private static void assertRowsAreThoseOfTheBuffers(FrameRunner runner) {
    Buffer expected = run(runner);
    int[] selected = runner.selected();
    TensorType in = runner.frame().input().type();
    TensorType out = runner.frame().output().type();
    for (int again = 0; again < 2; again++) {
      ByteBuffer rows = direct(out);
      RowSource source = RowSource.of((ByteBuffer) filled(in));
      runner.run(
          source,
          some -> {
            assertEquals(0, some.remaining() % out.bytes(1), "whole rows");
            rows.put(some);
          },
          Progress.NONE);
      assertEquals(expected, rows.flip());
      assertArrayEquals(selected, runner.selected());
    }
  }

  @Test
  void floatsHaveNoRows() {
    FrameSpec spec = FrameSpec.floats(WIDTH, HEIGHT, Variant.BASE, PatchCount.ALL);
    try (FrameRunner strips = strips(scheme(Fsrcnn.ofScale(4)), spec)) {
      assertThrows(
          IllegalArgumentException.class,
          () -> strips.run(rows -> {}, (RowSink) rows -> {}, Progress.NONE));
    }
  }

  @ParameterizedTest
  @CsvSource({"37, 331, 300", "601, 203, 1600"})
  void eachTileRefinesItsShareAndTheMaskIsThatOfTheFrame(int width, int height, int k) {
    GuidedScheme scheme = scheme(Fsrcnn.ofScale(4));
    FrameSpec spec = FrameSpec.floats(width, height, Variant.MASK, PatchCount.of(k));
    try (FrameRunner whole = Engines.runner("lwjgl", scheme.build(spec));
        FrameRunner strips = tiles(scheme, spec, 350, MOST_ROWS)) {
      run(whole);
      run(strips);
      assertArrayEquals(whole.mask().orElseThrow(), strips.mask().orElseThrow());
      int[] selected = strips.selected();
      assertTrue(Math.abs(selected.length - k) < k * 0.3, selected.length + " of " + k);
      int[] sorted = Arrays.stream(selected).sorted().distinct().toArray();
      assertArrayEquals(sorted, selected);
      assertTrue(selected[selected.length - 1] > strips.frame().cells() * 0.8);
    }
  }

  /** Shares of so few would round to none. */
  @ParameterizedTest
  @CsvSource({"0, 0, 0", "1, 1, 9", "5, 1, 12"})
  void aTileRefinesAtLeastOnePatchIfAnyIsRefined(int k, int least, int most) {
    FrameSpec spec = FrameSpec.floats(WIDTH, HEIGHT, Variant.MASK, PatchCount.of(k));
    try (FrameRunner strips = strips(scheme(Fsrcnn.ofScale(4)), spec)) {
      run(strips);
      int refined = strips.selected().length;
      assertTrue(refined >= least && refined <= most, refined + " for " + k);
    }
  }

  /** The time of the sink is taken from that of the download, in which it is. */
  @ParameterizedTest
  @ValueSource(ints = {350, 601})
  void theDownloadHasTheTimeOfTheSink(int columns) {
    FrameSpec spec = FrameSpec.pixels(601, HEIGHT, 3, 8, Variant.BASE, PatchCount.ALL);
    try (FrameRunner tiles = tiles(scheme(Fsrcnn.ofScale(2)), spec, columns, 160)) {
      RowSource source = RowSource.of((ByteBuffer) filled(spec.input()));
      long[] slept = {0};
      tiles.run(source, (RowSink) rows -> slept[0] += sleep(), Progress.NONE);
      long download = tiles.times().nanos().get("download");
      assertTrue(download >= slept[0], download + " of " + slept[0]);
    }
  }

  private static long sleep() {
    long start = System.nanoTime();
    LockSupport.parkNanos(5_000_000);
    return System.nanoTime() - start;
  }

  @Test
  void stripsAreAsHighAsFits() {
    FrameSpec spec = FrameSpec.floats(WIDTH, HEIGHT, Variant.BASE, PatchCount.ALL);
    try (FrameRunner strips = strips(scheme(Fsrcnn.ofScale(4)), spec)) {
      assertTrue(heights.size() > 1, "tried " + heights);
      assertTrue(heights.get(heights.size() - 1) <= MOST_ROWS, "took " + heights);
      long planned = strips.memory().planned();
      assertTrue(planned > 0);
      assertTrue(strips.memory().pieces().startsWith("in strips"), strips.memory().pieces());
    }
  }

  /** Where the grid of patches and the strips seldom begin together. */
  @ParameterizedTest
  @CsvSource({"32, 3, 96", "11, 3, 264", "11, 1200, 264"})
  void theSmallestTileIsTriedToo(int p, int width, int lowest) {
    GuidedScheme scheme =
        new GuidedScheme(Fsrcnn.ofScale(4), new RandomWeights(5, 0.5f), p, 1f, 64);
    FrameSpec spec = FrameSpec.floats(width, 2500, Variant.BASE, PatchCount.ALL);
    assertThrows(
        OutOfDeviceMemoryException.class,
        () -> new TileFrameRunner(scheme, spec, frame -> tooHigh(frame), frame -> 0));
    int rest = 2500 % lowest; // so that the last tile begins at a multiple, too
    assertEquals(
        3 * lowest + rest, heights.get(heights.size() - 1), "one with its halo: " + heights);
  }

  private FrameRunner tooHigh(FrameGraph frame) {
    heights.add(frame.input().type().shape().h());
    return null;
  }

  @Test
  void nothingThatFitsIsOutOfMemory() {
    FrameSpec spec = FrameSpec.floats(WIDTH, HEIGHT, Variant.BASE, PatchCount.ALL);
    GuidedScheme scheme = scheme(Fsrcnn.ofScale(4));
    String message =
        assertThrows(
                OutOfDeviceMemoryException.class,
                () -> new TileFrameRunner(scheme, spec, frame -> null, frame -> 30 << 20))
            .getMessage();
    assertTrue(message.contains("takes 31 MB"), message);
  }
}
