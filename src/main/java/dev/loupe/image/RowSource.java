package dev.loupe.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Where the rows of a picture come from, one after another from the top. */
@FunctionalInterface
public interface RowSource {
  /**
   * Fills a buffer with the next rows.
   *
   * @param rows whole rows of interleaved samples in native byte order, from its position to its
   *     limit, where it is left
   * @throws ImageException if they cannot be read
   * @throws IllegalStateException if there are no such rows left
   */
  void get(ByteBuffer rows);

  /** The rows that lie one after another in {@code samples}, from its position. */
  static RowSource of(ByteBuffer samples) {
    ByteBuffer left = samples.duplicate().order(ByteOrder.nativeOrder());
    return rows -> {
      int bytes = rows.remaining();
      if (bytes > left.remaining()) {
        throw new IllegalStateException(
            "%d bytes of rows are asked for where %d are left; rows can be had once"
                .formatted(bytes, left.remaining()));
      }
      rows.put(left.slice(left.position(), bytes));
      left.position(left.position() + bytes);
    };
  }
}
