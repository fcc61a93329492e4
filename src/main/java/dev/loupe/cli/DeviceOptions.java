package dev.loupe.cli;

import dev.loupe.Engine;
import dev.loupe.op.Precision;
import picocli.CommandLine.Option;

/** The options that say where to compute. */
final class DeviceOptions {
  @Option(
      names = {"-d", "-g", "--device"},
      paramLabel = "DEVICE",
      description =
          "An index or id of 'loupe devices', a part of the name, a type (gpu, cpu), or 'java' for"
              + " plain Java, which is slow. Default: the fastest kind there is.")
  String device;

  @Option(
      names = "--binding",
      paramLabel = "lwjgl|jocl",
      description = "The library that calls OpenCL. Default: lwjgl.")
  String binding;

  boolean isJava() {
    return Engine.JAVA.equals(device);
  }

  Engine open() {
    return Engine.open(device, binding);
  }

  Engine open(Precision precision) {
    Engine engine = open();
    try {
      engine.store(precision);
      return engine;
    } catch (IllegalArgumentException e) {
      engine.close();
      throw e;
    }
  }
}
