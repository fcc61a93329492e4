package dev.loupe.opencl;

import dev.loupe.opencl.ClBinding.Kind;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Typed answers of the clGet*Info calls about one handle; 0 or "" where the driver gives none. */
record Info(ClBinding binding, Kind kind, Object handle, Object device) {
  Info(ClBinding binding, Kind kind, Object handle) {
    this(binding, kind, handle, null);
  }

  String text(int parameter) {
    byte[] bytes = bytes(parameter);
    int length = 0;
    while (length < bytes.length && bytes[length] != 0) {
      length++;
    }
    return new String(bytes, 0, length, StandardCharsets.UTF_8).trim();
  }

  /** A cl_uint, cl_bool or cl_int. */
  int integer(int parameter) {
    byte[] bytes = bytes(parameter);
    return bytes.length < Integer.BYTES ? 0 : wrap(bytes).getInt();
  }

  /** A cl_ulong, or a size_t of whatever width this machine has. */
  long big(int parameter) {
    byte[] bytes = bytes(parameter);
    return bytes.length < Long.BYTES
        ? Integer.toUnsignedLong(integer(parameter))
        : wrap(bytes).getLong();
  }

  /** An array of {@code count} size_t. */
  long[] sizes(int parameter, int count) {
    byte[] bytes = bytes(parameter);
    ByteBuffer buffer = wrap(bytes);
    long[] sizes = new long[count];
    boolean wide = bytes.length >= count * Long.BYTES;
    for (int i = 0; i < count && buffer.hasRemaining(); i++) {
      sizes[i] = wide ? buffer.getLong() : Integer.toUnsignedLong(buffer.getInt());
    }
    return sizes;
  }

  byte[] bytes(int parameter) {
    byte[] bytes = binding.info(kind, handle, device, parameter);
    return bytes == null ? new byte[0] : bytes;
  }

  private static ByteBuffer wrap(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
  }
}
