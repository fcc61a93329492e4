package dev.loupe.cli;

import dev.loupe.opencl.OpenCl;
import picocli.CommandLine.Option;

/** The option that says what calls OpenCL. */
final class BindingOption {
  @Option(
      names = "--binding",
      paramLabel = "lwjgl|jocl",
      description = "The library that calls OpenCL. Default: lwjgl.")
  String name;

  OpenCl load() {
    return OpenCl.load(name);
  }
}
