package dev.loupe.cli;

import dev.loupe.Engine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that say where to compute. */
final class DeviceOptions {
  @Option(
      names = {"-d", "-g", "--device"},
      paramLabel = "DEVICE",
      description =
          "An index or id of 'loupe devices', a part of the name, a type (gpu, cpu), or 'java' for"
              + " plain Java, which is slow. Default: what LOUPE_DEVICE says, else the fastest kind"
              + " there is.")
  private String device;

  @Mixin BindingOption binding;

  /** What was asked for; null for the fastest kind there is. */
  String device() {
    String variable = System.getenv("LOUPE_DEVICE");
    boolean isNamed = device != null || variable == null || variable.isBlank();
    return isNamed ? device : variable;
  }

  boolean isJava() {
    return Engine.JAVA.equals(device());
  }

  Engine open() {
    return Engine.open(device(), binding.name);
  }
}
