package dev.loupe;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.loupe.image.Image;
import dev.loupe.opencl.Device;
import dev.loupe.opencl.HostMemory;
import dev.loupe.timing.SyntheticPhoto;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Tests of {@link Upscaler#hostMemory}. */
@Tag("device")
class UpscalerMemoryTest {
  private static final int WIDTH = 13;
  private static final int HEIGHT = 9;
  private static final int BYTES = WIDTH * HEIGHT * 3;

  private static byte[] array(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }

  @Test
  void aFrameRunsOnItAgainAndAgain() {
    Image photo = SyntheticPhoto.of(WIDTH, HEIGHT);
    try (Upscaler up = Upscaler.builder().build();
        Frame frame = up.frame(WIDTH, HEIGHT, 3, 8);
        HostMemory in = up.hostMemory(BYTES);
        HostMemory out = up.hostMemory(16 * BYTES)) {
      boolean isApart = up.engine().device().map(Device::hasOwnMemory).orElseThrow();
      assertEquals(isApart, in.isPageLocked());
      byte[] expected = array(up.process(photo).image().samples());
      in.buffer().put(photo.samples()).flip();
      ByteBuffer result = out.buffer();
      for (int i = 0; i < 3; i++) {
        frame.run(in.buffer(), out.buffer());
        assertArrayEquals(expected, array(out.buffer()));
        assertSame(result, out.buffer());
      }
    }
  }

  @Test
  void itEndsWithTheUpscaler() {
    Upscaler up = Upscaler.builder().build();
    HostMemory closed = up.hostMemory(1);
    closed.close();
    HostMemory memory = up.hostMemory(1);
    assertThrows(IllegalStateException.class, closed::buffer);
    assertEquals(1, memory.buffer().capacity());
    assertThrows(IllegalArgumentException.class, () -> up.hostMemory(0));
    up.close();
    assertThrows(IllegalStateException.class, memory::buffer);
    assertThrows(IllegalStateException.class, () -> up.hostMemory(1));
    memory.close();
  }

  @Test
  void plainJavaHasItToo() {
    try (Upscaler up = Upscaler.builder().device(Engine.JAVA).build();
        HostMemory memory = up.hostMemory(BYTES)) {
      assertEquals(BYTES, memory.buffer().remaining());
    }
  }
}
