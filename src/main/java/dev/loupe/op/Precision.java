package dev.loupe.op;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * How the elements of tensors are stored on the device. Kernels compute in fp32, but for products
 * on matrix units, whose factors are halves then. Halves take half the memory and half the
 * bandwidth, and round each value that a kernel stores to 11 bits.
 */
public enum Precision {
  /** 32 bits. */
  FP32(Float.BYTES),
  /**
   * 16 bits; the largest value is 65504, what is beyond becomes an infinity, and a picture with one
   * is refused.
   */
  FP16(Short.BYTES);

  private final int bytes;

  Precision(int bytes) {
    this.bytes = bytes;
  }

  /**
   * The precision named {@code text}.
   *
   * @throws IllegalArgumentException naming the text and the two there are
   */
  public static Precision of(String text) {
    return Arrays.stream(values())
        .filter(precision -> precision.toString().equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException("precision '%s' is not fp32 or fp16".formatted(text)));
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * That of the frames and patches among {@code types}; fp32 where there are none.
   *
   * @throws IllegalArgumentException if they differ
   */
  public static Precision common(Stream<TensorType> types) {
    return types
        .filter(TensorType::isReal)
        .map(TensorType::precision)
        .reduce(Precision::same)
        .orElse(FP32);
  }

  private static Precision same(Precision one, Precision other) {
    if (one != other) {
      throw new IllegalArgumentException("tensors are stored in fp32 or in fp16, not in both");
    }
    return one;
  }

  /** Bytes of one element. */
  public int bytes() {
    return bytes;
  }
}
