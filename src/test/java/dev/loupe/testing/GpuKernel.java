package dev.loupe.testing;

import dev.loupe.kernel.KernelSource;
import dev.loupe.kernel.SpecialisedFile;

/** The kernels of GPUs that {@link GpuReport} compiles: sums in tiles, or on matrix units. */
enum GpuKernel {
  /** Convolutions. */
  TILED("conv/conv2d_tiled.cl"),
  /** Gradients of filters. */
  TILED_GRADIENT("gradient/conv2d_weight_gradient_tiled.cl"),
  /** Convolutions by products of matrices. */
  MATRIX("conv/conv2d_matrix.cl"),
  /** Gradients of filters by products of matrices. */
  MATRIX_GRADIENT("gradient/conv2d_weight_gradient_matrix.cl");

  private final String file;

  GpuKernel(String file) {
    this.file = file;
  }

  /** Whether a specialised file is its. */
  boolean isOf(SpecialisedFile specialised) {
    return specialised.file().equals(file);
  }

  boolean isGradient() {
    return this == TILED_GRADIENT || this == MATRIX_GRADIENT;
  }

  boolean hasMatrices() {
    return this == MATRIX || this == MATRIX_GRADIENT;
  }

  String source() {
    return KernelSource.load(file);
  }

  /** What its sums are made of, in PTX. */
  String ptxProduct() {
    return hasMatrices() ? "\tmma\\.sync" : "\tfma\\.rn\\.f32";
  }
}
