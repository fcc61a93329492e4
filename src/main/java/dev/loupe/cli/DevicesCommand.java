package dev.loupe.cli;

import dev.loupe.opencl.Device;
import dev.loupe.opencl.OpenCl;
import dev.loupe.timing.Figures;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The command that lists the OpenCL devices. */
@Command(name = "devices", header = "List the OpenCL devices; * marks the default.")
final class DevicesCommand extends LoupeCommand {
  @Mixin private BindingOption binding;

  @Override
  Outcome run() {
    OpenCl openCl = binding.load();
    Device best = openCl.select(null);
    List<Map<String, Object>> devices = new ArrayList<>();
    for (Device device : openCl.devices()) {
      boolean isDefault = device.equals(best);
      say(
          "%s%d: %s (%s, %.1f GB, driver %s)",
          isDefault ? "*" : " ",
          device.index(),
          device.name(),
          device.type(),
          device.memory().global() / 1e9,
          device.versions().driver());
      say("     id %s, %s", device.id(), device.platform().version());
      devices.add(json(device, isDefault));
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("binding", openCl.bindingName());
    json.put("devices", devices);
    return new Outcome(Main.DONE, json);
  }

  private static Map<String, Object> json(Device device, boolean isDefault) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("index", device.index());
    json.put("id", device.id());
    json.put("name", device.name());
    json.put("type", device.type().toString());
    json.put("vendor", device.vendor());
    json.put("memory_mb", Figures.mb(device.memory().global()));
    json.put("driver", device.versions().driver());
    json.put("opencl", device.versions().openCl());
    json.put("platform", device.platform().name());
    json.put("default", isDefault);
    return json;
  }
}
