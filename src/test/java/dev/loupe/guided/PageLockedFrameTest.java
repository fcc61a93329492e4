package dev.loupe.guided;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.loupe.image.RowSink;
import dev.loupe.image.RowSource;
import dev.loupe.kernel.KernelLibrary;
import dev.loupe.kernel.Tuning;
import dev.loupe.network.Fsrcnn;
import dev.loupe.network.RandomWeights;
import dev.loupe.opencl.CommandQueue;
import dev.loupe.opencl.Context;
import dev.loupe.opencl.HostMemory;
import dev.loupe.testing.DeviceApart;
import dev.loupe.testing.SharedContext;
import dev.loupe.weights.Variant;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames on a device with memory of its own, through page-locked memory, against ordinary ones. */
@Tag("device")
class PageLockedFrameTest {
  private static final int HEIGHT = 19;
  private static final int WIDTH = 23;
  private static final int SCALE = 2;
  private static final int BYTES_IN = HEIGHT * WIDTH * 3;
  private static final int BYTES_OUT = BYTES_IN * SCALE * SCALE;

  private final GuidedScheme scheme =
      new GuidedScheme(Fsrcnn.ofScale(SCALE), new RandomWeights(5, 0.5f), 4, 1f, 64);

  /** What runs on a posing device and its runner of a frame. */
  private interface Run {
    void on(Context apart, FrameRunner runner);
  }

  /** Runs, and holds the device to nothing left open. */
  private static void runApart(Context context, FrameGraph frame, Run run) {
    try (Context apart = Context.create(DeviceApart.like(context.device()));
        KernelLibrary library = new KernelLibrary(apart, Tuning.of(context.device()));
        CommandQueue queue = apart.queue()) {
      try (FrameRunner runner = Engines.whole(frame.splitConcats(), library, queue)) {
        run.on(apart, runner);
      }
      List<String> left = apart.openObjects();
      assertTrue(
          left.stream().allMatch(o -> o.equals("queue") || o.startsWith("program")),
          left::toString);
    }
  }

  private static long pageLocked(Context context) {
    return context.openObjects().stream().filter(o -> o.startsWith("page-locked")).count();
  }

  private static byte[] array(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }

  @ParameterizedTest
  @ValueSource(strings = {"lwjgl", "jocl"})
  void pixelsAreThoseThroughOrdinaryMemory(String binding) {
    FrameGraph frame =
        scheme.build(FrameSpec.pixels(WIDTH, HEIGHT, 3, 8, Variant.MASK, PatchCount.of(7)));
    byte[] samples = new byte[BYTES_IN];
    new Random(4).nextBytes(samples);
    ByteBuffer in = ByteBuffer.allocateDirect(BYTES_IN).put(samples).flip();
    ByteBuffer out = ByteBuffer.allocateDirect(BYTES_OUT);
    try (FrameRunner ordinary = Engines.runner(binding, frame)) {
      ordinary.run(in, out);
    }
    runApart(
        SharedContext.get(binding),
        frame,
        (apart, runner) -> {
          try (HostMemory source = HostMemory.of(apart, BYTES_IN);
              HostMemory result = HostMemory.of(apart, BYTES_OUT)) {
            source.buffer().put(samples).flip();
            runner.run(source.buffer(), result.buffer());
            assertArrayEquals(array(out), array(result.buffer()));
            assertEquals(2, pageLocked(apart), "whole pixels need no memory between");
          }
          ByteBuffer rows = ByteBuffer.allocateDirect(BYTES_OUT);
          runner.run(RowSource.of(in), RowSink.into(rows), Progress.NONE);
          assertArrayEquals(array(out), array(rows));
          List<String> open = apart.openObjects();
          assertEquals(1, pageLocked(apart), "what rows go through");
          runner.run(RowSource.of(in), RowSink.into(rows.clear()), Progress.NONE);
          assertEquals(open, apart.openObjects());
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"lwjgl", "jocl"})
  void floatsAreThoseThroughOrdinaryMemory(String binding) {
    FrameGraph frame = scheme.build(FrameSpec.floats(WIDTH, HEIGHT, Variant.FULL, PatchCount.NONE));
    float[] expected;
    try (FrameRunner ordinary = Engines.runner(binding, frame)) {
      expected = Engines.run(ordinary);
    }
    runApart(
        SharedContext.get(binding),
        frame,
        (apart, runner) -> {
          List<String> open = apart.openObjects();
          assertEquals(1, pageLocked(apart));
          assertArrayEquals(expected, Engines.run(runner));
          assertEquals(open, apart.openObjects());
        });
  }
}
