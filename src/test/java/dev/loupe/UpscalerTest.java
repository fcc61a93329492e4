package dev.loupe;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.loupe.guided.MemoryLimit;
import dev.loupe.guided.PatchCount;
import dev.loupe.guided.Progress;
import dev.loupe.image.Image;
import dev.loupe.image.ImageRows;
import dev.loupe.image.Metrics;
import dev.loupe.image.RowSink;
import dev.loupe.kernel.Tuning;
import dev.loupe.op.Precision;
import dev.loupe.opencl.Context;
import dev.loupe.opencl.NullBinding;
import dev.loupe.opencl.OpenCl;
import dev.loupe.opencl.ProgramCache;
import dev.loupe.testing.SharedContext;
import dev.loupe.weights.Variant;
import dev.loupe.weights.WeightsException;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lwjgl.opencl.CL10;
import org.lwjgl.system.MemoryStack;

/** Tests of the façade as a Java program uses it, on the first device. */
@Tag("device")
class UpscalerTest {
  private static final int WIDTH = 37;
  private static final int HEIGHT = 22;

  @BeforeAll
  static void skipWithoutDevice() {
    SharedContext.get("lwjgl");
  }

  static Image picture(int width, int height, int channels, int bitDepth) {
    Image image = Image.allocate(width, height, channels, bitDepth);
    Random random = new Random(width);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        for (int c = 0; c < channels; c++) {
          int smooth = image.maxValue() * (x + 2 * y + 3 * c) / (width + 2 * height + 9);
          image.set(x, y, c, Math.max(0, smooth - random.nextInt(9)));
        }
      }
    }
    return image;
  }

  static byte[] bytes(Image image) {
    ByteBuffer samples = image.samples();
    byte[] bytes = new byte[samples.remaining()];
    samples.get(bytes);
    return bytes;
  }

  static ByteBuffer direct(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
  }

  @Test
  void theReadmesExample() {
    BufferedImage in = picture(WIDTH, HEIGHT, 3, 8).toBufferedImage();
    try (Upscaler up = Upscaler.builder().model("fsrcnn-x4").build()) {
      BufferedImage out = up.upscale(in);
      assertEquals(4 * WIDTH, out.getWidth());
      assertEquals(4 * HEIGHT, out.getHeight());
    }
  }

  @Test
  void halvesTakeLessMemoryAndLookTheSame() {
    Image in = picture(4 * WIDTH, 4 * HEIGHT, 3, 8);
    Work single;
    Image expected;
    try (Upscaler up = Upscaler.builder().variant(Variant.ALL).build()) {
      Upscaled result = up.process(in);
      expected = result.image();
      single = result.work();
    }
    try (Upscaler up = Upscaler.builder().variant(Variant.ALL).precision(Precision.FP16).build()) {
      Upscaled half = up.process(in);
      double psnr = Metrics.psnrRgb(expected, half.image(), 0);
      assertTrue(psnr > 55 && psnr < 100, () -> psnr + " dB");
      long separate = half.work().memory().separate();
      assertTrue(separate < 0.65 * single.memory().separate(), () -> separate + " bytes");
    }
  }

  @Test
  void depthGrayAndAlphaStay() {
    try (Upscaler up = Upscaler.builder().build()) {
      for (int channels = 1; channels <= 4; channels++) {
        for (int depth : new int[] {8, 16}) {
          Image out = up.process(picture(WIDTH, HEIGHT, channels, depth)).image();
          assertEquals(channels, out.channels());
          assertEquals(depth, out.bitDepth());
          assertEquals(4 * WIDTH, out.width());
        }
      }
    }
  }

  /** Black under what is transparent would ring into the edge: 134 of 255 without its filling. */
  @Test
  void whatIsTransparentDoesNotShowAtEdges() {
    BufferedImage oval = new BufferedImage(60, 60, BufferedImage.TYPE_INT_ARGB);
    Graphics2D graphics = oval.createGraphics();
    graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    graphics.setColor(new Color(255, 220, 200));
    graphics.fillOval(10, 10, 40, 40);
    graphics.dispose();
    try (Upscaler up = Upscaler.builder().build()) {
      BufferedImage out = up.upscale(oval);
      for (int y = 0; y < out.getHeight(); y++) {
        for (int x = 0; x < out.getWidth(); x++) {
          Color colour = new Color(out.getRGB(x, y), true);
          int onWhite = 255 - colour.getAlpha() * (255 - colour.getRed()) / 255;
          assertTrue(onWhite >= 235, x + ", " + y + ": " + onWhite);
        }
      }
    }
  }

  /** Java's gray is linear light, and would show a palette's 128 as 188. */
  @Test
  void aPaletteOfGraysStaysAsBright() {
    byte[] grays = {(byte) 128, 20};
    IndexColorModel palette = new IndexColorModel(1, 2, grays, grays, grays);
    BufferedImage in = new BufferedImage(9, 7, BufferedImage.TYPE_BYTE_BINARY, palette);
    try (Upscaler up = Upscaler.builder().build()) {
      Color middle = new Color(up.upscale(in).getRGB(18, 14));
      assertEquals(128, middle.getRed(), 3);
      assertEquals(middle.getRed(), middle.getBlue());
    }
  }

  @Test
  @SuppressWarnings("try") // that closing is refused is what is tested
  void callbacksMustNotUseTheUpscaler() {
    try (Upscaler up = Upscaler.builder().build()) {
      Image in = picture(5, 4, 3, 8);
      RowSink uses = rows -> up.process(in);
      assertThrows(IllegalStateException.class, () -> up.process(in.rows(), uses));
      RowSink closes = rows -> up.close();
      assertThrows(IllegalStateException.class, () -> up.process(in.rows(), closes));
      try (Frame frame = up.frame(4, 4, 3, 8)) {
        for (Runnable use : List.<Runnable>of(up::close, frame::close, () -> up.hostMemory(1))) {
          Progress progress = done -> use.run();
          assertThrows(
              IllegalStateException.class, () -> frame.run(direct(48), direct(768), progress));
        }
        frame.run(direct(48), direct(768));
      }
      assertEquals(20, up.process(in).image().width());
    }
  }

  @Test
  void rowsCanBeHadOnce() {
    try (Upscaler up = Upscaler.builder().build();
        ImageRows rows = picture(5, 4, 3, 8).rows()) {
      up.process(rows, ByteBuffer::clear);
      var thrown = assertThrows(IllegalStateException.class, () -> up.process(rows, r -> {}));
      assertTrue(thrown.getMessage().contains("once"), thrown.getMessage());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"best", Engine.JAVA})
  void rowsGiveTheSamplesOfTheWholePicture(String device) {
    try (Upscaler up = Upscaler.builder().device(device.equals("best") ? null : device).build()) {
      for (int channels = 1; channels <= 4; channels++) {
        for (int depth : new int[] {8, 16}) {
          Image in = picture(WIDTH, HEIGHT, channels, depth);
          assertRowsGiveTheSamples(up, in);
          if (in.hasAlpha()) {
            assertRowsGiveTheSamples(
                up, in.colour().withAlpha(Image.constant(WIDTH, HEIGHT, depth, 77)));
          }
        }
      }
    }
  }

  private static void assertRowsGiveTheSamples(Upscaler up, Image in) {
    Upscaled whole = up.process(in);
    Image rows = Image.allocate(in.header().scaled(4));
    Work work = up.process(in.rows(), RowSink.into(rows.samples()));
    assertArrayEquals(bytes(whole.image()), bytes(rows), in.toString());
    assertArrayEquals(whole.work().guidance().selected(), work.guidance().selected());
    assertTrue(work.stageNanos().keySet().containsAll(Set.of("decode", "encode")));
    assertTrue(work.stageNanos().values().stream().allMatch(nanos -> nanos >= 0), work::toString);
  }

  @Test
  void javaAgreesAndEveryRunGivesTheSameBytes() {
    Image in = picture(WIDTH, HEIGHT, 3, 8);
    try (Upscaler up = Upscaler.builder().build();
        Upscaler java = Upscaler.builder().device(Engine.JAVA).build()) {
      byte[] first = bytes(up.process(in).image());
      up.process(picture(5, 3, 3, 8));
      assertArrayEquals(first, bytes(up.process(in).image()));
      byte[] reference = bytes(java.process(in).image());
      for (int i = 0; i < first.length; i++) {
        assertEquals(reference[i] & 255, first[i] & 255, 1, "sample " + i);
      }
    }
  }

  @Test
  void threadsTakeTurns() {
    Image in = picture(WIDTH, HEIGHT, 3, 8);
    try (Upscaler up = Upscaler.builder().build()) {
      byte[] alone = bytes(up.process(in).image());
      List<CompletableFuture<byte[]>> runs = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        int width = i % 2 == 0 ? WIDTH : 9;
        runs.add(
            CompletableFuture.supplyAsync(
                () -> bytes(up.process(picture(width, HEIGHT, 3, 8)).image())));
      }
      for (int i = 0; i < runs.size(); i += 2) {
        assertArrayEquals(alone, runs.get(i).join());
      }
    }
  }

  /** Trained on photos alone, Refine-Net drew a grid of 32 levels into pure green. */
  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4})
  void strongColoursStayFlat(int scale) {
    int border = 8;
    try (Upscaler up =
        Upscaler.builder().model("fsrcnn").scale(scale).patches(PatchCount.ALL).build()) {
      for (int[] colour : new int[][] {{0, 255, 0}, {255, 0, 255}, {200, 30, 90}, {0, 90, 200}}) {
        Image flat = Image.allocate(40, 40, 3, 8);
        for (int i = 0; i < flat.samples().capacity(); i++) {
          flat.samples().put(i, (byte) colour[i % 3]);
        }
        Image result = up.process(flat).image();
        for (int y = border * scale; y < (40 - border) * scale; y++) {
          for (int x = border * scale; x < (40 - border) * scale; x++) {
            for (int c = 0; c < 3; c++) {
              assertEquals(colour[c], result.get(x, y, c), 14, "x%d %d,%d".formatted(scale, x, y));
            }
          }
        }
      }
    }
  }

  @Test
  void anEngineThatCannotBeClosesItsContext() {
    Context context =
        Context.create(OpenCl.of(new NullBinding()).select(null), ProgramCache.none());
    System.setProperty(Tuning.CLASS_PROPERTY, "abacus");
    try {
      assertThrows(IllegalArgumentException.class, () -> Engine.in(context, "null"));
    } finally {
      System.clearProperty(Tuning.CLASS_PROPERTY);
    }
    assertThrows(IllegalStateException.class, context::queue);
  }

  @Test
  void noProgressIsAsNone() {
    try (Upscaler up = Upscaler.builder().progress(null).build()) {
      assertEquals(12, up.process(Image.allocate(3, 2, 3, 8)).image().width());
    }
  }

  @Test
  void progressRisesToOneAndCanCancel() {
    Image in = picture(WIDTH, HEIGHT, 3, 8);
    List<Double> heard = new ArrayList<>();
    boolean[] cancel = {false};
    Progress listener =
        done -> {
          heard.add(done);
          if (cancel[0]) {
            throw new CancellationException("enough");
          }
        };
    try (Upscaler up = Upscaler.builder().progress(listener).build()) {
      byte[] whole = bytes(up.process(in).image());
      assertTrue(heard.size() > 3, heard::toString);
      assertEquals(1.0, heard.get(heard.size() - 1));
      assertEquals(heard.stream().sorted().toList(), heard);
      cancel[0] = true;
      assertThrows(CancellationException.class, () -> up.process(in));
      cancel[0] = false;
      assertArrayEquals(whole, bytes(up.process(in).image()));
    }
  }

  @Test
  void useAfterCloseIsRefused() {
    Upscaler up = Upscaler.builder().build();
    Frame frame = up.frame(4, 4, 3, 8);
    frame.close();
    frame.close();
    assertThrows(IllegalStateException.class, () -> frame.run(direct(48), direct(768)));
    up.close();
    up.close();
    Image in = picture(4, 4, 3, 8);
    assertThrows(IllegalStateException.class, () -> up.process(in));
    assertThrows(IllegalStateException.class, () -> up.frame(4, 4, 3, 8));
  }

  @Test
  void runsInTheCallersContext() {
    long device;
    long context;
    try (MemoryStack stack = MemoryStack.stackPush()) {
      var handles = stack.mallocPointer(1);
      assertEquals(0, CL10.clGetPlatformIDs(handles, (int[]) null));
      long platform = handles.get(0);
      long all = CL10.CL_DEVICE_TYPE_ALL;
      assertEquals(0, CL10.clGetDeviceIDs(platform, all, handles, (int[]) null));
      device = handles.get(0);
      context = CL10.clCreateContext(null, stack.pointers(device), null, 0L, (int[]) null);
    }
    try (Upscaler up = Upscaler.builder().binding("lwjgl").context(context, device).build();
        Upscaler own = Upscaler.builder().build()) {
      Image in = picture(WIDTH, HEIGHT, 3, 8);
      assertArrayEquals(bytes(own.process(in).image()), bytes(up.process(in).image()));
    }
    assertEquals(0, CL10.clReleaseContext(context));
  }

  @Test
  void optionsThatDoNotFitAreRefused() {
    assertRefused("no device matches", Upscaler.builder().device("nosuch")::build);
    assertRefused("upscales by 4", Upscaler.builder().model("fsrcnn-x4").scale(2)::build);
    assertRefused("scale 5", () -> Upscaler.builder().scale(5));
    assertRefused("-1", () -> PatchCount.parse("-1"));
    assertRefused("-5 patches", () -> PatchCount.atLeast(-5, 0.1));
    assertRefused("1.5", () -> PatchCount.share(1.5));
    assertRefused("NaN", () -> PatchCount.share(Double.NaN));
    assertRefused("-1 bytes", () -> MemoryLimit.of(-1));
    assertRefused("best", () -> Variant.of("best"));
    Executable unknown = Upscaler.builder().model("nosuch")::build;
    assertTrue(assertThrows(WeightsException.class, unknown).getMessage().contains("nosuch"));
  }

  private static void assertRefused(String why, Executable call) {
    String message = assertThrows(IllegalArgumentException.class, call).getMessage();
    assertTrue(message.contains(why), message);
  }
}
