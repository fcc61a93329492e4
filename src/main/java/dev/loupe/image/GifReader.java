package dev.loupe.image;

import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageReader;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.ImageInputStream;

/** The GIF decoder: the JDK's, its first frame on the file's canvas. */
final class GifReader {
  private static final String STREAM = "javax_imageio_gif_stream_1.0";
  private static final String FRAME = "javax_imageio_gif_image_1.0";

  private GifReader() {}

  static Image read(Path file) throws IOException {
    try (ImageInputStream in = PlugIn.open(file)) {
      return PlugIn.with("gif", in, GifReader::readFrame);
    }
  }

  private static Image readFrame(ImageReader reader) throws IOException {
    IIOMetadataNode screen = node(reader.getStreamMetadata(), STREAM, "LogicalScreenDescriptor");
    IIOMetadataNode frame = node(reader.getImageMetadata(0), FRAME, "ImageDescriptor");
    Image image = Image.of(reader.read(0));
    int left = number(frame, "imageLeftPosition");
    int top = number(frame, "imageTopPosition");
    // Some encoders state a screen that is too small.
    int width = Math.max(number(screen, "logicalScreenWidth"), left + image.width());
    int height = Math.max(number(screen, "logicalScreenHeight"), top + image.height());
    return Canvas.with(image, left, top, width, height);
  }

  private static IIOMetadataNode node(IIOMetadata metadata, String format, String name) {
    IIOMetadataNode tree = (IIOMetadataNode) metadata.getAsTree(format);
    return (IIOMetadataNode) tree.getElementsByTagName(name).item(0);
  }

  private static int number(IIOMetadataNode node, String attribute) {
    return Integer.parseInt(node.getAttribute(attribute));
  }
}
