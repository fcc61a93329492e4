package dev.loupe.image;

import java.awt.Image;
import java.awt.Point;
import java.awt.Rectangle;
import java.awt.image.ColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.DataBufferUShort;
import java.awt.image.Raster;
import java.awt.image.RenderedImage;
import java.awt.image.SampleModel;
import java.awt.image.WritableRaster;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Vector;

/**
 * A picture for ImageIO's encoders whose rows are fetched when they are asked for, from the top, as
 * the encoders of JPEG and TIFF do: so it need never be in memory.
 */
final class RowImage implements RenderedImage {
  private final ImageHeader header;
  private final RowSource source;
  private final ColorModel model;
  private final Rows rows;

  /** The rows fetched last: of 16 bits a strip is asked for twice. */
  private WritableRaster held;

  private int next;

  RowImage(ImageHeader header, RowSource source) {
    this.header = header;
    this.source = source;
    model = BufferedImages.colours(header);
    // Of one row: Java's sample models end at 2 GiB.
    rows = new Rows(model.createCompatibleSampleModel(header.width(), 1));
  }

  /** All rows, of which those can be had that come next or came last. */
  private final class Rows extends Raster {
    Rows(SampleModel samples) {
      super(
          samples,
          samples.getDataType() == DataBuffer.TYPE_BYTE
              ? new DataBufferByte(new byte[0], 0)
              : new DataBufferUShort(new short[0], 0),
          new Rectangle(header.width(), header.height()),
          new Point(),
          null);
    }

    @Override
    public Raster createChild(
        int x, int y, int width, int height, int childX, int childY, int[] bands) {
      if (y == next) {
        held = fetch(height);
        next += height;
      }
      int above = held == null ? next : next - held.getHeight();
      if (y < above || y + height > next) {
        throw new IllegalStateException(
            "the encoder asks for row %d where row %d is next".formatted(y, next));
      }
      return held.createChild(x, y - above, width, height, childX, childY, bands);
    }
  }

  private WritableRaster fetch(int height) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.multiplyExact(height, header.rowBytes()))
            .order(ByteOrder.nativeOrder());
    source.get(bytes);
    bytes.flip();
    WritableRaster raster = model.createCompatibleWritableRaster(header.width(), height);
    if (raster.getDataBuffer() instanceof DataBufferByte samples) {
      bytes.get(samples.getData());
    } else {
      bytes.asShortBuffer().get(((DataBufferUShort) raster.getDataBuffer()).getData());
    }
    return raster;
  }

  @Override
  public ColorModel getColorModel() {
    return model;
  }

  @Override
  public SampleModel getSampleModel() {
    return rows.getSampleModel();
  }

  @Override
  public int getWidth() {
    return header.width();
  }

  @Override
  public int getHeight() {
    return header.height();
  }

  @Override
  public Raster getTile(int x, int y) {
    return rows;
  }

  @Override
  public Raster getData() {
    return rows;
  }

  @Override
  public Raster getData(Rectangle part) {
    return rows.createChild(part.x, part.y, part.width, part.height, part.x, part.y, null);
  }

  @Override
  public WritableRaster copyData(WritableRaster to) {
    throw new UnsupportedOperationException("rows are fetched once");
  }

  @Override
  public int getNumXTiles() {
    return 1;
  }

  @Override
  public int getNumYTiles() {
    return 1;
  }

  @Override
  public int getTileWidth() {
    return header.width();
  }

  @Override
  public int getTileHeight() {
    return header.height();
  }

  @Override
  public int getMinX() {
    return 0;
  }

  @Override
  public int getMinY() {
    return 0;
  }

  @Override
  public int getMinTileX() {
    return 0;
  }

  @Override
  public int getMinTileY() {
    return 0;
  }

  @Override
  public int getTileGridXOffset() {
    return 0;
  }

  @Override
  public int getTileGridYOffset() {
    return 0;
  }

  @Override
  public Vector<RenderedImage> getSources() {
    return null;
  }

  @Override
  public Object getProperty(String name) {
    return Image.UndefinedProperty;
  }

  @Override
  public String[] getPropertyNames() {
    return null;
  }
}
