package dev.loupe.op;

/** The way a tensor lies in device memory; the logical shape is (N, C, H, W) in each. */
public enum Layout {
  /** One image, planar; a kernel's vector lanes run along a row. */
  FRAME,
  /** Many small windows, planar, the batch innermost; the lanes run along the batch. */
  PATCHES,
  /** One image, interleaved unsigned 8-bit samples. */
  PIXELS8,
  /** One image, interleaved unsigned 16-bit samples. */
  PIXELS16,
  /** A list of int32 along W. */
  INDICES
}
