package dev.loupe;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.loupe.guided.PatchCount;
import dev.loupe.image.Image;
import dev.loupe.testing.SharedContext;
import dev.loupe.weights.Variant;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Tests of frames on the caller's buffers, on the first device. */
@Tag("device")
class FrameTest {
  private static final int WIDTH = 37;
  private static final int HEIGHT = 22;

  @BeforeAll
  static void skipWithoutDevice() {
    SharedContext.get("lwjgl");
  }

  @Test
  void aFrameRunsOnTheCallersBuffersWithoutNewDeviceMemory() {
    Image in = UpscalerTest.picture(WIDTH, HEIGHT, 3, 8);
    try (Upscaler up = Upscaler.builder().patches(PatchCount.of(7)).build();
        Frame frame = up.frame(WIDTH, HEIGHT, 3, 8)) {
      ByteBuffer out = UpscalerTest.direct(16 * 3 * WIDTH * HEIGHT);
      frame.run(in.samples(), out);
      byte[] first = new byte[out.remaining()];
      out.duplicate().get(first);
      long peak = up.engine().peakDeviceBytes();
      frame.run(in.samples(), out.clear());
      assertEquals(peak, up.engine().peakDeviceBytes());
      byte[] second = new byte[out.remaining()];
      out.duplicate().get(second);
      assertArrayEquals(first, second);
      assertArrayEquals(UpscalerTest.bytes(up.process(in).image()), first);
      assertEquals(7, frame.selected().length);
      assertEquals(((WIDTH + 3) / 4) * ((HEIGHT + 3) / 4), frame.mask().length);
      ByteBuffer larger = UpscalerTest.direct(first.length + 100);
      larger.position(30);
      frame.run(
          UpscalerTest.direct(in.samples().remaining() + 9).put(in.samples().duplicate()).rewind(),
          larger);
      byte[] around = new byte[larger.remaining()];
      larger.get(around);
      assertArrayEquals(
          Arrays.copyOf(first, first.length + 70), around, "written beyond the frame");
      assertThrows(
          IllegalArgumentException.class, () -> frame.run(in.samples(), UpscalerTest.direct(5)));
      ByteBuffer heap = ByteBuffer.allocate(16 * 3 * WIDTH * HEIGHT);
      assertThrows(IllegalArgumentException.class, () -> frame.run(in.samples(), heap));
    }
  }

  /** Unguarded, this crashed Java inside the driver at each try. */
  @Test
  void framesOfOneUpscalerMayBeUsedByManyThreads() throws Exception {
    Image in = UpscalerTest.picture(WIDTH, HEIGHT, 3, 8);
    ExecutorService threads = Executors.newFixedThreadPool(3);
    Upscaler up = Upscaler.builder().build();
    try {
      Frame frame = up.frame(WIDTH, HEIGHT, 3, 8);
      byte[] expected = UpscalerTest.bytes(up.process(in).image());
      List<Future<byte[]>> results = new ArrayList<>();
      for (int i = 0; i < 60; i++) {
        boolean whole = i % 3 == 0;
        results.add(
            threads.submit(
                () -> whole ? UpscalerTest.bytes(up.process(in).image()) : run(frame, in)));
      }
      for (Future<byte[]> result : results) {
        assertArrayEquals(expected, result.get());
      }
      Future<byte[]> running =
          threads.submit(
              () -> {
                while (true) {
                  run(frame, in);
                }
              });
      up.close();
      Throwable end = assertThrows(ExecutionException.class, running::get).getCause();
      assertEquals("the frame is closed", end.getMessage());
      frame.close();
    } finally {
      up.close();
      threads.shutdownNow();
    }
  }

  private static byte[] run(Frame frame, Image in) {
    ByteBuffer out = UpscalerTest.direct(16 * 3 * WIDTH * HEIGHT);
    frame.run(in.samples(), out);
    byte[] samples = new byte[out.remaining()];
    out.get(samples);
    return samples;
  }

  @Test
  void aFrameSaysWhichNumberIsOutOfRange() {
    try (Upscaler up = Upscaler.builder().build()) {
      for (Executable frame :
          List.<Executable>of(
              () -> up.frame(0, 4, 3, 8),
              () -> up.frame(4, -1, 3, 8),
              () -> up.frame(4, 4, 4, 8),
              () -> up.frame(4, 4, 3, 12),
              () -> up.floatFrame(4, 0))) {
        String message = assertThrows(IllegalArgumentException.class, frame).getMessage();
        assertTrue(message.contains("a frame "), message);
      }
      for (Executable frame :
          List.<Executable>of(
              () -> up.frame(1 << 20, 1 << 20, 3, 8),
              () -> up.frame(Integer.MAX_VALUE, Integer.MAX_VALUE, 3, 16),
              () -> up.frame(100_000, 100_000, 1, 8),
              () -> up.floatFrame(4000, 3000))) {
        String message = assertThrows(IllegalArgumentException.class, frame).getMessage();
        assertTrue(message.contains("smaller frame"), message);
      }
    }
  }

  @Test
  void aSelfEnsembleTakesPixelsAlone() {
    Image in = UpscalerTest.picture(9, 7, 3, 8);
    try (Upscaler up = Upscaler.builder().variant(Variant.BASE).selfEnsemble(true).build();
        Frame frame = up.frame(9, 7, 3, 8)) {
      Image out = Image.allocate(36, 28, 3, 8);
      frame.run(in.samples(), out.samples());
      assertEquals(up.process(in).image().samples(), out.samples());
      assertThrows(IllegalArgumentException.class, () -> up.floatFrame(9, 7));
    }
  }

  @Test
  void aFloatFrameTakesPlanes() {
    int width = 9;
    int height = 7;
    Image in = UpscalerTest.picture(width, height, 3, 8);
    float[] planes = new float[3 * height * width];
    for (int i = 0; i < planes.length; i++) {
      int pixel = i % (height * width);
      planes[i] = in.get(pixel % width, pixel / width, i / (height * width)) / 255f;
    }
    try (Upscaler up = Upscaler.builder().variant(Variant.BASE).build();
        Frame frame = up.floatFrame(width, height)) {
      FloatBuffer out = FloatBuffer.allocate(16 * planes.length);
      frame.run(FloatBuffer.wrap(planes), out);
      Image expected = up.process(in).image();
      for (int i = 0; i < out.capacity(); i++) {
        int pixel = i % (16 * height * width);
        int channel = i / (16 * height * width);
        int sample = expected.get(pixel % (4 * width), pixel / (4 * width), channel);
        assertEquals(sample, Math.max(0, Math.min(255, out.get(i) * 255)), 0.51);
      }
      assertThrows(IllegalStateException.class, frame::mask);
    }
  }

  @Test
  void aFrameThatHasNotRunTellsNothing() {
    try (Upscaler up = Upscaler.builder().build();
        Frame frame = up.frame(4, 4, 3, 8)) {
      for (Executable call : List.<Executable>of(frame::mask, frame::selected, frame::stageNanos)) {
        assertThrows(IllegalStateException.class, call);
      }
      frame.run(UpscalerTest.direct(48), UpscalerTest.direct(768));
      assertEquals(1, frame.mask().length);
      assertTrue(frame.stageNanos().containsKey("base"));
    }
  }

  @Test
  void samplesOf16BitsInAnotherOrderAreRefused() {
    ByteOrder other =
        ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN
            ? ByteOrder.LITTLE_ENDIAN
            : ByteOrder.BIG_ENDIAN;
    try (Upscaler up = Upscaler.builder().build();
        Frame frame = up.frame(4, 4, 3, 16)) {
      ByteBuffer in = UpscalerTest.direct(96);
      ByteBuffer out = UpscalerTest.direct(1536);
      frame.run(in, out);
      assertThrows(
          IllegalArgumentException.class, () -> frame.run(in.duplicate().order(other), out));
    }
  }
}
