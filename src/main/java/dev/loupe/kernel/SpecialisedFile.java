package dev.loupe.kernel;

import dev.loupe.opencl.ProgramSource;

/**
 * A kernel file with the defines that specialise it.
 *
 * @param file below {@code kernels/}
 * @param defines its {@code #define} lines
 */
public record SpecialisedFile(String file, String defines) {
  ProgramSource source() {
    return new ProgramSource(file, defines + KernelSource.load(file));
  }
}
