package dev.loupe.graph;

/** A tensor, or the rows of it that must be held, are more than the device's largest buffer. */
public final class TensorTooLargeException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  TensorTooLargeException(long bytes, long limit) {
    super(
        "a tensor of %d bytes is larger than the device's largest buffer, %d bytes"
            .formatted(bytes, limit));
  }
}
