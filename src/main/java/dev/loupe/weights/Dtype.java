package dev.loupe.weights;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** An element type of a safetensors file that Loupe reads, under the format's own name. */
public enum Dtype {
  /** IEEE 754 binary32. */
  F32(4),
  /** IEEE 754 binary16; becomes float when read. */
  F16(2),
  /** 64-bit two's complement; indices of golden cases, never weights. */
  I64(8);

  private final int bytes;

  Dtype(int bytes) {
    this.bytes = bytes;
  }

  /** Bytes of one element. */
  public int bytes() {
    return bytes;
  }

  /** The type with the format's name, or empty where Loupe does not read it. */
  static Optional<Dtype> named(String name) {
    return Arrays.stream(values()).filter(d -> d.name().equals(name)).findFirst();
  }

  static String supported() {
    return Arrays.stream(values()).map(Enum::name).collect(Collectors.joining(", "));
  }
}
