package dev.loupe.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests of what a PNG says of its colours besides a profile. */
class PngColoursTest {
  /** PQ in Rec. 2020, as HDR pictures have it. */
  private static final byte[] HDR = {9, 16, 0, 1};

  private static final int[] SRGB = {31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000};

  @TempDir Path dir;

  private static byte[] bytes(int... words) {
    ByteBuffer body = ByteBuffer.allocate(4 * words.length);
    body.asIntBuffer().put(words);
    return body.array();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.png", "a.jpg", "a.tif", "a.webp"})
  void theyStayInPngAndAreMissedElsewhere(String name) {
    PngColours colours =
        PngColours.NONE
            .with("cLLI", bytes(10_000_000, 4_000_000))
            .with("cHRM", bytes(SRGB))
            .with("gAMA", bytes(55556))
            .with("cICP", HDR);
    ImageMetadata metadata = ImageMetadata.NONE.withColours(colours).withDpi(72);
    Path file = dir.resolve(name);
    Image image = Pictures.waves(9, 7, 3, 8).withMetadata(metadata);
    String note = ImageWriter.write(image, file).orElse("");
    assertEquals(!name.endsWith("png"), note.contains("has no room for cICP"), note);
    PngColours back = ImageReader.read(file).metadata().colours();
    for (String type : new String[] {"cICP", "gAMA", "cHRM", "cLLI"}) {
      assertArrayEquals(name.endsWith("png") ? colours.chunk(type) : null, back.chunk(type), type);
    }
    assertNull(back.chunk("sRGB"));
  }

  /** A picture that is taken for sRGB looks the same, or is said to look otherwise. */
  @ParameterizedTest
  @CsvSource({"45455, false", "47000, false", "43500, false", "0, false", "55556, true"})
  void gammaIsMissedWhereItIsNotThatOfScreens(int gamma, boolean missed) {
    PngColours colours = PngColours.NONE.with("gAMA", bytes(gamma)).with("cHRM", bytes(SRGB));
    assertEquals(missed ? Optional.of("gAMA") : Optional.empty(), colours.missedElsewhere(false));
    assertEquals(Optional.empty(), colours.missedElsewhere(true));
    PngColours srgb = colours.with("sRGB", new byte[1]);
    assertEquals(Optional.empty(), srgb.missedElsewhere(false));
  }

  @Test
  void primariesOtherThanThoseOfSrgbAreMissed() {
    int[] near = SRGB.clone();
    near[2] += 90;
    assertEquals(
        Optional.empty(), PngColours.NONE.with("cHRM", bytes(near)).missedElsewhere(false));
    int[] wide = SRGB.clone();
    wide[7] = 8000;
    assertEquals(
        Optional.of("cHRM"), PngColours.NONE.with("cHRM", bytes(wide)).missedElsewhere(false));
  }

  @Test
  void theFirstSoundChunkOfAFileCounts() {
    PngColours read =
        PngColours.NONE
            .withRead("gAMA", new byte[3])
            .withRead("gAMA", bytes(55556))
            .withRead("gAMA", bytes(45455));
    assertArrayEquals(bytes(55556), read.chunk("gAMA"));
    assertFalse(PngColours.isType("tIME"));
    assertThrows(IllegalArgumentException.class, () -> read.with("tIME", new byte[7]));
    assertThrows(IllegalArgumentException.class, () -> read.with("gAMA", new byte[3]));
  }
}
