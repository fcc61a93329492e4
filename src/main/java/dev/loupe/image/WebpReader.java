package dev.loupe.image;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/** The WebP decoder: the TwelveMonkeys plug-in, with profile, EXIF and XMP from the RIFF chunks. */
final class WebpReader {
  private static final int PROFILE_FLAG = 0x20;

  private static final Set<String> METADATA = Set.of("ICCP", "EXIF", "XMP ");

  private WebpReader() {}

  static Image read(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    ByteBuffer riff = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    byte[] icc = null;
    byte[] exif = null;
    byte[] xmp = null;
    for (long at = 12; at + 8 <= bytes.length; ) {
      String type = new String(bytes, (int) at, 4, StandardCharsets.ISO_8859_1);
      long size = riff.getInt((int) at + 4) & 0xFFFFFFFFL;
      if (at + 8 + size > bytes.length) {
        throw new EOFException("WebP ends inside a chunk");
      }
      byte[] body = new byte[METADATA.contains(type) ? (int) size : 0];
      riff.get((int) at + 8, body);
      icc = type.equals("ICCP") ? body : icc;
      exif = type.equals("EXIF") ? Exif.withoutPrefix(body) : exif;
      xmp = type.equals("XMP ") ? body : xmp;
      if (type.equals("ICCP")) {
        bytes[(int) at] = 'x'; // unknown to the plug-in, which fails on odd profiles
      } else if (type.equals("VP8X")) {
        bytes[(int) at + 8] &= ~PROFILE_FLAG;
      }
      at += 8 + size + size % 2;
    }
    Image stored;
    try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
      stored = Image.of(PlugIn.readPicture("webp", in));
    }
    ImageMetadata metadata = ImageMetadata.NONE.withIcc(icc).withExif(exif).withXmp(xmp);
    int orientation = exif == null ? 1 : Exif.orientation(exif);
    return Orientation.upright(stored.withMetadata(metadata), orientation);
  }
}
