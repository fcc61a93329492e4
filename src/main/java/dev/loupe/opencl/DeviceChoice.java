package dev.loupe.opencl;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The rules by which a device is picked from the list. */
final class DeviceChoice {
  /** Discrete GPU, integrated GPU, CPU, accelerator; then compute units times clock; then index. */
  private static final Comparator<Device> PREFERENCE =
      Comparator.comparingInt(DeviceChoice::rank)
          .thenComparing(
              Comparator.comparingLong(
                      (Device d) ->
                          (long) d.compute().units() * Math.max(1, d.compute().clockMhz()))
                  .reversed())
          .thenComparingInt(Device::index);

  private DeviceChoice() {}

  /**
   * Picks a device.
   *
   * @param choice null or "auto", an index, an id, a type, or a part of the name
   * @throws ClUnavailableException if there is no device at all
   * @throws IllegalArgumentException if none matches; the message lists the devices
   */
  static Device select(List<Device> devices, String choice) {
    if (devices.isEmpty()) {
      throw new ClUnavailableException(
          "No OpenCL device was found; install a driver"
              + " (Debian and Ubuntu: apt install pocl-opencl-icd runs on any CPU).",
          null);
    }
    String wanted = choice == null ? "auto" : choice.trim().toLowerCase(Locale.ROOT);
    List<Device> matching = wanted.equals("auto") ? usable(devices) : matching(devices, wanted);
    return matching.stream()
        .min(PREFERENCE)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no device matches \"%s\"; the devices are %s"
                        .formatted(
                            choice,
                            devices.stream()
                                .map(Device::toString)
                                .collect(Collectors.joining("; ")))));
  }

  /** Those that can run Loupe, or all if none can, so that it is said why. */
  private static List<Device> usable(List<Device> devices) {
    List<Device> supported = devices.stream().filter(Device::isSupported).toList();
    return supported.isEmpty() ? devices : supported;
  }

  private static List<Device> matching(List<Device> devices, String wanted) {
    if (wanted.isEmpty()) {
      return List.of();
    }
    if (wanted.matches("\\d{1,4}")) {
      int index = Integer.parseInt(wanted);
      List<Device> byIndex = devices.stream().filter(d -> d.index() == index).toList();
      // Else it may be a number in a name, such as 4090; of one digit it is an index that is wrong.
      return byIndex.isEmpty() && wanted.length() > 1
          ? usable(named(devices, "(?<!\\d)" + wanted + "(?!\\d)"))
          : byIndex;
    }
    List<Device> byId = devices.stream().filter(d -> d.id().equals(wanted)).toList();
    if (!byId.isEmpty()) {
      return byId;
    }
    List<Device> byType = devices.stream().filter(d -> wanted.equals(d.type().toString())).toList();
    return usable(byType.isEmpty() ? named(devices, Pattern.quote(wanted)) : byType);
  }

  private static List<Device> named(List<Device> devices, String pattern) {
    Pattern part = Pattern.compile(pattern);
    return devices.stream()
        .filter(d -> part.matcher(d.name().toLowerCase(Locale.ROOT)).find())
        .toList();
  }

  private static int rank(Device device) {
    return switch (device.type()) {
      case GPU -> device.isIntegrated() ? 1 : 0;
      case CPU -> 2;
      // After the CPU: among them is Intel's emulator of an FPGA, on that very CPU and far slower.
      case ACCELERATOR -> 3;
      case OTHER -> 4;
    };
  }
}
