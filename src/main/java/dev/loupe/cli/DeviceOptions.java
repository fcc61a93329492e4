package dev.loupe.cli;

import dev.loupe.Engine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that say where to compute. */
final class DeviceOptions {
  /** An index, id, type, part of a name or 'java'; null for the fastest kind there is. */
  String device;

  @Option(
      names = {"-d", "-g", "--device"},
      paramLabel = "DEVICE",
      description =
          "An index or id of 'loupe devices', a part of the name, a type (gpu, cpu), or 'java' for"
              + " plain Java, which is slow. Default: what LOUPE_DEVICE says, else the fastest kind"
              + " there is.",
      defaultValue = "${env:LOUPE_DEVICE}")
  void setDevice(String choice) {
    device = choice == null || choice.isBlank() ? null : choice; // the variable may be empty
  }

  @Mixin BindingOption binding;

  boolean isJava() {
    return Engine.JAVA.equals(device);
  }

  Engine open() {
    return Engine.open(device, binding.name);
  }
}
