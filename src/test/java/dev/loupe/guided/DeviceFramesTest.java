package dev.loupe.guided;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.loupe.kernel.KernelLibrary;
import dev.loupe.kernel.Tuning;
import dev.loupe.network.Fsrcnn;
import dev.loupe.network.RandomWeights;
import dev.loupe.opencl.CommandQueue;
import dev.loupe.opencl.Context;
import dev.loupe.opencl.Device;
import dev.loupe.opencl.NullBinding;
import dev.loupe.opencl.OpenCl;
import dev.loupe.opencl.OutOfDeviceMemoryException;
import dev.loupe.testing.SharedContext;
import dev.loupe.weights.Variant;
import java.nio.FloatBuffer;
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

  /** Where bands are slow, as on a GPU. */
  @Test
  void whatIsNoCpuMayTakeAQuarterOfItsMemory() {
    Device device = OpenCl.of(new NullBinding()).select(null);
    assertEquals(MemoryLimit.of(device.memory().global() / 4), MemoryLimit.of(device));
  }
}
