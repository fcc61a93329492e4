package dev.loupe.image;

import java.nio.ByteBuffer;

/** Where the rows of a picture go, one after another from the top. */
@FunctionalInterface
public interface RowSink {
  /**
   * Takes the next rows.
   *
   * @param rows whole rows of interleaved samples in native byte order, from its position to its
   *     limit, where it is left; the caller's again after the call
   * @throws IllegalStateException if there is no room for as many
   */
  void put(ByteBuffer rows);

  /** A sink that puts the rows one after another into {@code samples}, from its position. */
  static RowSink into(ByteBuffer samples) {
    ByteBuffer left = samples.duplicate();
    return rows -> {
      if (rows.remaining() > left.remaining()) {
        throw new IllegalStateException(
            "%d bytes of rows are more than the %d that are left of the picture"
                .formatted(rows.remaining(), left.remaining()));
      }
      left.put(rows);
    };
  }
}
