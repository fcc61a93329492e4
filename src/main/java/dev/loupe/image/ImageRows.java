package dev.loupe.image;

/** A picture that is read row by row, once; not for several threads. */
public interface ImageRows extends RowSource, AutoCloseable {
  /** What the picture is. */
  ImageHeader header();

  /**
   * The whole picture, if no row has been read yet.
   *
   * @throws ImageException if it cannot be read, or passes 2 GiB
   */
  default Image whole() {
    Image image = Image.allocate(header());
    get(image.samples());
    return image;
  }

  /** Lets go of the file, if there is one; never throws. */
  @Override
  void close();
}
