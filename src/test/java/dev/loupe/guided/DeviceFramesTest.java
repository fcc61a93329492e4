package dev.loupe.guided;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.loupe.graph.MemoryPlan;
import dev.loupe.kernel.KernelLibrary;
import dev.loupe.kernel.Tuning;
import dev.loupe.network.Fsrcnn;
import dev.loupe.network.Network;
import dev.loupe.network.Pan;
import dev.loupe.network.RandomWeights;
import dev.loupe.network.Rfdn;
import dev.loupe.network.SrResNet;
import dev.loupe.network.WeightSource;
import dev.loupe.opencl.CommandQueue;
import dev.loupe.opencl.Context;
import dev.loupe.opencl.Device;
import dev.loupe.opencl.NullBinding;
import dev.loupe.opencl.OpenCl;
import dev.loupe.opencl.OutOfDeviceMemoryException;
import dev.loupe.testing.SharedContext;
import dev.loupe.weights.Variant;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests of {@link DeviceFrames} and {@link MemoryLimit}: which pieces a limit leads to. */
@Tag("device")
class DeviceFramesTest {
  private static final int HEIGHT = 600;
  private static final int WIDTH = 160;
  private static final long MB = 1_000_000;

  /** Where nothing is gained by bands but memory. */
  private static float[] picture(long bytes, String pieces) {
    return picture(bytes, 0, pieces);
  }

  /** The picture of one run within {@code bytes}, held to the pieces and to the limit. */
  private static float[] picture(long bytes, int bandPixels, String pieces) {
    Device device = SharedContext.get("lwjgl").device();
    GuidedScheme scheme =
        new GuidedScheme(Fsrcnn.ofScale(2), new RandomWeights(5, 0.5f), 4, 1f, 64);
    FrameSpec spec = FrameSpec.floats(WIDTH, HEIGHT, Variant.FULL, PatchCount.NONE);
    Tuning tuning = Tuning.of(device).with("bandPixels", bandPixels);
    try (Context context = Context.create(device);
        KernelLibrary library = new KernelLibrary(context, tuning);
        CommandQueue queue = context.queue();
        FrameRunner runner =
            new DeviceFrames(library, queue, MemoryLimit.of(bytes)).prepare(scheme, spec)) {
      assertTrue(runner.memory().pieces().startsWith(pieces), runner.memory().pieces());
      long taken = context.peakBytes();
      assertTrue(taken <= bytes, taken + " of " + bytes + " bytes");
      float[] output = new float[3 * 4 * HEIGHT * WIDTH];
      float[] input = new float[3 * HEIGHT * WIDTH];
      for (int i = 0; i < input.length; i++) {
        input[i] = (i * 31 % 257) / 257f;
      }
      runner.run(FloatBuffer.wrap(input), FloatBuffer.wrap(output));
      return output;
    }
  }

  @Test
  void theLessMemoryTheSmallerThePiecesAndTheBytesAreTheSame() {
    float[] whole = picture(100 * MB, "whole");
    assertArrayEquals(whole, picture(12 * MB, "in bands of"));
    assertArrayEquals(whole, picture(6 * MB, "in strips of"));
  }

  @Test
  void bandsAreAsHighAsTheDeviceLikesThemAndTheBytesAreTheSame() {
    float[] whole = picture(100 * MB, "whole");
    assertArrayEquals(whole, picture(100 * MB, 20 * WIDTH, "in bands of 16 rows"));
    assertArrayEquals(whole, picture(100 * MB, HEIGHT * WIDTH, "whole"));
  }

  @Test
  void whatFitsNoStripIsRefused() {
    assertThrows(OutOfDeviceMemoryException.class, () -> picture(MB / 2, "never"));
  }

  @Test
  void sizesAreReadAsPowersOf1024() {
    assertEquals(MemoryLimit.of(256L << 20), MemoryLimit.parse("256M"));
    assertEquals(MemoryLimit.of(2L << 30), MemoryLimit.parse(" 2 GiB "));
    assertEquals(MemoryLimit.of(65536L << 10), MemoryLimit.parse("65536k"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "256", "M", "-1G", "15M", "1.5G", "many"})
  void otherSizesAreRefusedByName(String text) {
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> MemoryLimit.parse(text));
    assertTrue(refused.getMessage().contains("'" + text + "'"), refused.getMessage());
  }

  /** CUDA has 65,535 groups along the rows, and no device says so. */
  @Test
  void aGpuStartsNoMoreGroupsThanCuda() {
    GuidedScheme scheme =
        new GuidedScheme(Fsrcnn.ofScale(4), new RandomWeights(5, 0.5f), 4, 1f, 64);
    Device gpu = OpenCl.of(new NullBinding()).select(null);
    try (Context context = Context.create(gpu);
        KernelLibrary library = new KernelLibrary(context);
        CommandQueue queue = context.queue()) {
      DeviceFrames frames = new DeviceFrames(library, queue, MemoryLimit.of(gpu));
      for (int height : new int[] {16_383, 16_384}) {
        FrameSpec spec = FrameSpec.pixels(8, height, 3, 8, Variant.BASE, PatchCount.NONE);
        try (FrameRunner runner = frames.prepare(scheme, spec)) {
          String pieces = height == 16_383 ? "whole" : "in strips";
          assertTrue(runner.memory().pieces().startsWith(pieces), runner.memory().pieces());
        }
      }
    }
  }

  /** Packed in whole blocks, with biases and slopes. The null device allocates as others would. */
  @ParameterizedTest
  @ValueSource(strings = {"cpu-16", "cpu-8", "cpu-4"})
  void weightsTakeNoMoreThanIsReckoned(String deviceClass) {
    Device device = OpenCl.of(NullBinding.like(SharedContext.get("lwjgl").device())).select(null);
    List<Network> networks =
        List.of(Fsrcnn.ofScale(4), new Pan(4, 12, 4), new Rfdn(4, 4, 2), new SrResNet(3, 12, 4));
    for (Network network : networks) {
      for (Tuning tuning :
          List.of(Tuning.forClass(deviceClass), Tuning.forClass(deviceClass).withoutWinograd())) {
        GuidedScheme scheme = new GuidedScheme(network, WeightSource.ZEROS, 4, 1f, 16);
        FrameSpec spec = FrameSpec.pixels(60, 40, 3, 8, Variant.ALL, PatchCount.ALL);
        FrameGraph frame = scheme.build(spec).splitConcats();
        MemoryPlan plan = new MemoryPlan(frame.graph(), Long.MAX_VALUE);
        try (Context context = Context.create(device);
            KernelLibrary library = new KernelLibrary(context, tuning);
            CommandQueue queue = context.queue();
            FrameRunner runner = new DeviceFrameRunner(frame, plan, library, queue)) {
          long taken = context.peakBytes() - plan.bytes();
          long reckoned = frame.graph().weightBytes(tuning);
          String told = "%s: %d of %d bytes".formatted(network.name(), taken, reckoned);
          assertTrue(taken <= reckoned && reckoned < 1.2 * taken, told);
          assertEquals(frame, runner.frame());
        }
      }
    }
  }

  /** What a refusal names is enough, and what it names first is more than was allowed. */
  @ParameterizedTest
  @ValueSource(strings = {"16M", "29M"})
  void theMemoryThatARefusalNamesIsEnough(String limit) {
    Device device = OpenCl.of(new NullBinding()).select(null);
    GuidedScheme scheme = new GuidedScheme(new Pan(4, 12, 4), WeightSource.ZEROS, 4, 1f, 16);
    FrameSpec spec = FrameSpec.pixels(1000, 700, 3, 8, Variant.BASE, PatchCount.NONE);
    try (Context context = Context.create(device);
        KernelLibrary library = new KernelLibrary(context, Tuning.forClass("cpu-16"));
        CommandQueue queue = context.queue()) {
      MemoryLimit little = MemoryLimit.parse(limit);
      DeviceFrames frames = new DeviceFrames(library, queue, little);
      String refusal =
          assertThrows(OutOfDeviceMemoryException.class, () -> frames.prepare(scheme, spec))
              .getMessage();
      Matcher named = Pattern.compile("takes (\\d+) MB").matcher(refusal);
      assertTrue(named.find(), refusal);
      MemoryLimit enough = MemoryLimit.parse(named.group(1) + "M");
      assertTrue(enough.most() > little.most(), refusal);
      new DeviceFrames(library, queue, enough).prepare(scheme, spec).close();
    }
  }

  /** Where bands are slow, as on a GPU. */
  @Test
  void whatIsNoCpuMayTakeAQuarterOfItsMemory() {
    Device device = OpenCl.of(new NullBinding()).select(null);
    assertEquals(MemoryLimit.of(device.memory().global() / 4), MemoryLimit.of(device));
  }
}
