package dev.loupe.image;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * The few properties of an XMP packet that pixels depend on (XMP specification, part 2: namespaces
 * tiff and exif), patched in its text; all else stays as it is, byte for byte.
 *
 * <p>They are found by their usual prefixes, as attributes and as elements.
 */
final class Xmp {
  /** Of a byte a character, so that text of any encoding comes back as it was. */
  private static final Charset BYTES = StandardCharsets.ISO_8859_1;

  private static final Pattern ORIENTATION = number("tiff:Orientation");
  private static final Pattern WIDTH = number("(?:tiff:ImageWidth|exif:PixelXDimension)");
  private static final Pattern HEIGHT = number("(?:tiff:ImageLength|exif:PixelYDimension)");

  /** What a JPEG says of segments with more of its XMP, which are not kept. */
  private static final Pattern EXTENSION =
      Pattern.compile(
          "\\sxmpNote:HasExtendedXMP\\s*=\\s*(?:\"[^\"<]*\"|'[^'<]*')"
              + "|<xmpNote:HasExtendedXMP>[^<]*</xmpNote:HasExtendedXMP>");

  private Xmp() {}

  /** The packet for pixels that have been turned upright: orientation 1, and no extension. */
  static byte[] upright(byte[] packet) {
    String text = new String(packet, BYTES);
    text = ORIENTATION.matcher(text).replaceAll("${before}1");
    return EXTENSION.matcher(text).replaceAll("").getBytes(BYTES);
  }

  /** A copy that states the given pixel size wherever the packet states one. */
  static byte[] withSize(byte[] packet, int width, int height) {
    String text = new String(packet, BYTES);
    text = WIDTH.matcher(text).replaceAll("${before}" + width);
    return HEIGHT.matcher(text).replaceAll("${before}" + height).getBytes(BYTES);
  }

  private static Pattern number(String property) {
    return Pattern.compile("(?<before>\\b" + property + "\\s*(?:=\\s*[\"']|>\\s*))\\d+");
  }
}
