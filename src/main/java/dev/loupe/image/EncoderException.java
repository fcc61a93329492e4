package dev.loupe.image;

import java.io.IOException;
import java.io.UncheckedIOException;

/** A file that cannot be written, as it is thrown through the code that puts a picture's rows. */
final class EncoderException extends UncheckedIOException {
  private static final long serialVersionUID = 1L;

  EncoderException(IOException cause) {
    super(cause);
  }
}
