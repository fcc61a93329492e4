package dev.loupe.cli;

import dev.loupe.Model;
import dev.loupe.UpscalerBuilder;
import dev.loupe.guided.PatchCount;
import dev.loupe.op.Precision;
import dev.loupe.weights.Variant;
import picocli.CommandLine.Option;

/** The options that say what to compute. */
final class ModelOptions {
  @Option(
      names = {"-m", "--model"},
      paramLabel = "MODEL",
      description =
          "A name of 'loupe models' or a .safetensors file. Default: "
              + UpscalerBuilder.DEFAULT_MODEL
              + ".")
  String model;

  @Option(
      names = "--variant",
      paramLabel = "base|full|all|mask",
      description =
          "How much of the scheme runs: base network only, refine network on the whole picture, on"
              + " every patch, or on the K patches that the mask finds worst. Default: mask.")
  Variant variant;

  @Option(
      names = {"-k", "--patches"},
      paramLabel = "K",
      description =
          "Patches that variant mask refines: a count (1000), a share (15%%), all or none."
              + " Default: the model's own count, and for upscale at least 15%%.")
  PatchCount k;

  @Option(
      names = "--precision",
      paramLabel = "fp32|fp16",
      defaultValue = "fp32",
      description =
          "How tensors are stored on the device; sums are fp32 always. fp16 takes about half of"
              + " the memory; samples may differ by a level or two of 255, and of 16 bits about 11"
              + " are kept. Default: fp32.")
  Precision precision;

  /** The name or path asked for, or the default. */
  String model() {
    return model == null ? UpscalerBuilder.DEFAULT_MODEL : model;
  }

  /** The K asked for, or as published: measurements compare with those of others. */
  PatchCount patches(Model loaded) {
    return k == null ? loaded.publishedPatches() : k;
  }

  void applyTo(UpscalerBuilder builder) {
    builder.model(model).variant(variant).patches(k).precision(precision);
  }
}
