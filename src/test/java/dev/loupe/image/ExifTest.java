package dev.loupe.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** What becomes of an EXIF block whose picture is turned. */
class ExifTest {
  /** Where {@link TestExif} says that there is no second directory. */
  private static final int NEXT = 8 + 2 + 24;

  @Test
  void aTurnedPictureHasNoThumbnail() {
    byte[] exif = TestExif.block(6, 30, 20);
    ByteBuffer.wrap(exif).putInt(NEXT, 60);
    assertArrayEquals(TestExif.block(1, 30, 20), Exif.upright(exif));
  }

  @Test
  void anUprightPictureKeepsItsThumbnail() {
    byte[] exif = TestExif.block(1, 30, 20);
    ByteBuffer.wrap(exif).putInt(NEXT, 60);
    assertArrayEquals(exif, Exif.upright(exif));
  }

  @Test
  void theFirstDirectoryStatesTheSizeToo() {
    byte[] exif = TestExif.block(1, 30, 20);
    int firstTag = 10;
    ByteBuffer.wrap(exif).putShort(firstTag, (short) 0x0100);
    byte[] sized = Exif.withSize(exif, 70, 50);
    assertEquals(70, ByteBuffer.wrap(sized).getShort(firstTag + 8));
  }

  @Test
  void cutBlocksAreNoError() {
    byte[] exif = TestExif.block(6, 30, 20);
    for (int length = 0; length < NEXT + Integer.BYTES; length++) {
      byte[] cut = Arrays.copyOf(exif, length);
      assertEquals(length, Exif.upright(cut).length);
      assertEquals(length, Exif.withSize(cut, 5, 6).length);
    }
  }
}
