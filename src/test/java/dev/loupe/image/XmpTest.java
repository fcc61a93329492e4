package dev.loupe.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is patched in an XMP packet, and its chunk of a PNG. */
class XmpTest {
  @Test
  void onlyOrientationAndSizeChange() {
    byte[] packet = TestXmp.packet(8, 1234, 5);
    assertArrayEquals(TestXmp.packet(1, 1234, 5), Xmp.upright(packet));
    assertArrayEquals(TestXmp.packet(8, 16, 90000), Xmp.withSize(packet, 16, 90000));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        " xmpNote:HasExtendedXMP=\"0123456789ABCDEF\"",
        "\nxmpNote:HasExtendedXMP = 'A'",
        "<xmpNote:HasExtendedXMP>0123</xmpNote:HasExtendedXMP>"
      })
  void noExtensionIsReferredTo(String note) {
    byte[] packet = ("<a b='1'" + note + " c='2'/>").getBytes(StandardCharsets.UTF_8);
    assertEquals("<a b='1' c='2'/>", new String(Xmp.upright(packet), StandardCharsets.UTF_8));
  }

  /** Packets end in kilobytes of blanks, for editors to write into. */
  @Test
  void paddingCostsNoTime() {
    byte[] packet = new byte[1 << 20];
    Arrays.fill(packet, (byte) ' ');
    assertTimeoutPreemptively(
        Duration.ofSeconds(10),
        () -> assertArrayEquals(packet, Xmp.withSize(Xmp.upright(packet), 1, 2)));
  }

  @Test
  void textThatIsNoXmlStaysAsItIs() {
    byte[] bytes = new byte[256];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) i;
    }
    assertArrayEquals(bytes, Xmp.withSize(Xmp.upright(bytes), 7, 8));
  }

  @Test
  void compressedTextOfAPngIsInflated() throws IOException {
    byte[] packet = TestXmp.packet(1, 2, 3);
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes("XML:com.adobe.xmp\0\1\0en\0translated\0".getBytes(StandardCharsets.UTF_8));
    try (DeflaterOutputStream deflated = new DeflaterOutputStream(body)) {
      deflated.write(packet);
    }
    assertArrayEquals(packet, PngXmp.packet(body.toByteArray()));
  }

  @Test
  void otherAndDamagedTextOfAPngIsPassedOver() {
    assertNull(
        PngXmp.packet("Comment\0\0\0\0\0XML:com.adobe.xmp".getBytes(StandardCharsets.UTF_8)));
    byte[] body = PngXmp.body(TestXmp.packet(1, 2, 3));
    assertNull(PngXmp.packet(Arrays.copyOf(body, 20)));
    body[18] = 1; // says that it is compressed
    assertNull(PngXmp.packet(body));
    for (int length = 0; length < 30; length++) {
      PngXmp.packet(Arrays.copyOf(body, length)); // throws nothing
    }
  }
}
