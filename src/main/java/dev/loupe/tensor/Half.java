package dev.loupe.tensor;

/**
 * The conversion between float and IEEE 754 binary16 (Java 17 has none of its own; Java 20's {@code
 * Float.float16ToFloat} gives the same values).
 */
public final class Half {
  /** The largest finite half. */
  public static final float MAX_VALUE = 65504f;

  private Half() {}

  /** The float equal to the half with these bits; exact. */
  public static float toFloat(short bits) {
    int sign = (bits & 0x8000) << 16;
    int exponent = (bits >> 10) & 0x1f;
    int mantissa = bits & 0x3ff;
    if (exponent == 0x1f) {
      return Float.intBitsToFloat(sign | 0x7f800000 | (mantissa << 13));
    }
    if (exponent == 0) {
      float magnitude = mantissa * 0x1p-24f;
      return sign == 0 ? magnitude : -magnitude;
    }
    return Float.intBitsToFloat(sign | ((exponent + 112) << 23) | (mantissa << 13));
  }

  /** Bits of the half nearest to {@code value}, ties to even; infinity beyond the range. */
  public static short fromFloat(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = (bits >>> 16) & 0x8000;
    int magnitude = bits & 0x7fffffff;
    if (magnitude > 0x7f800000) {
      return (short) (sign | 0x7e00);
    }
    if (magnitude >= 0x47800000) {
      return (short) (sign | 0x7c00);
    }
    if (magnitude < 0x38800000) {
      // Below 2^-14 a half counts in steps of 2^-24; the product is exact and rint breaks ties to
      // even.
      return (short) (sign | (int) Math.rint(Float.intBitsToFloat(magnitude) * 0x1p24));
    }
    // Rebias the exponent, then round half to even; a carry runs into the exponent as it should.
    int rebased = magnitude - (112 << 23);
    return (short) (sign | ((rebased + 0xfff + ((rebased >> 13) & 1)) >> 13));
  }
}
