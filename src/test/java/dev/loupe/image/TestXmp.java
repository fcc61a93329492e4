package dev.loupe.image;

import java.nio.charset.StandardCharsets;

/** XMP packets for tests. */
final class TestXmp {
  private TestXmp() {}

  /** A packet that states an orientation and a size, as attributes and as elements. */
  static byte[] packet(int orientation, int width, int height) {
    return """
    <?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
    <x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
    <rdf:Description xmlns:tiff="http://ns.adobe.com/tiff/1.0/" xmlns:exif="http://ns.adobe.com/exif/1.0/"
     tiff:Orientation="%1$d" tiff:ImageWidth = '%2$d' xmp:Rating="5">
    <tiff:ImageLength>%3$d</tiff:ImageLength><exif:PixelXDimension>%2$d</exif:PixelXDimension>
    <exif:PixelYDimension> %3$d</exif:PixelYDimension>
    <dc:title>Größe 999, Orientation 6: 写真</dc:title>
    </rdf:Description></rdf:RDF></x:xmpmeta>
    <?xpacket end="w"?>"""
        .formatted(orientation, width, height)
        .getBytes(StandardCharsets.UTF_8);
  }
}
