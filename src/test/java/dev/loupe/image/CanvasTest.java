package dev.loupe.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Frames of animations that cover a part of the canvas. */
class CanvasTest {
  @TempDir private Path dir;

  @Test
  void aFrameThatCoversItsCanvasStaysAsItIs() {
    Image frame = Pictures.noise(5, 4, 3, 8);
    assertSame(frame, Canvas.with(frame, 0, 0, 5, 4));
    assertThrows(ImageException.class, () -> Canvas.with(frame, 0, 1, 5, 4));
  }

  @Test
  void aroundAFrameIsNothing() {
    Image frame = Pictures.noise(5, 4, 1, 8);
    Image canvas = Canvas.with(frame, 2, 3, 7, 9);
    assertEquals("Image(7x9, 2 channels of 8 bit)", canvas.toString());
    for (int y = 0; y < 9; y++) {
      for (int x = 0; x < 7; x++) {
        boolean inside = x >= 2 && y >= 3 && y < 7;
        assertEquals(inside ? 255 : 0, canvas.get(x, y, 1));
        assertEquals(inside ? frame.get(x - 2, y - 3, 0) : 0, canvas.get(x, y, 0));
      }
    }
  }

  @Test
  void aGifIsAsLargeAsItsScreen() throws IOException {
    BufferedImage picture = new BufferedImage(5, 4, BufferedImage.TYPE_BYTE_INDEXED);
    Path file = dir.resolve("a.gif");
    ImageWriter writer = PlugIn.writer("gif");
    IIOMetadata stream = writer.getDefaultStreamMetadata(null);
    set(stream, "LogicalScreenDescriptor", "logicalScreenWidth", 10, "logicalScreenHeight", 8);
    IIOMetadata frame = writer.getDefaultImageMetadata(new ImageTypeSpecifier(picture), null);
    set(frame, "ImageDescriptor", "imageLeftPosition", 4, "imageTopPosition", 3);
    try (var out = ImageIO.createImageOutputStream(file.toFile())) {
      writer.setOutput(out);
      writer.write(stream, new IIOImage(picture, null, frame), null);
    }
    writer.dispose();
    Image image = ImageReader.read(file);
    assertEquals("Image(10x8, 4 channels of 8 bit)", image.toString());
    assertEquals(255, image.get(4, 3, 3));
    assertEquals(255, image.get(8, 6, 3));
    assertEquals(0, image.get(9, 6, 3));
    assertEquals(0, image.get(3, 3, 3));
  }

  private static void set(
      IIOMetadata metadata, String name, String first, int one, String second, int other)
      throws IOException {
    String format = metadata.getNativeMetadataFormatName();
    IIOMetadataNode tree = (IIOMetadataNode) metadata.getAsTree(format);
    IIOMetadataNode node = (IIOMetadataNode) tree.getElementsByTagName(name).item(0);
    if (node == null) {
      node = new IIOMetadataNode(name);
      tree.appendChild(node);
    }
    node.setAttribute(first, Integer.toString(one));
    node.setAttribute(second, Integer.toString(other));
    metadata.setFromTree(format, tree);
  }
}
