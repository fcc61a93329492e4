package dev.loupe.kernel;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.loupe.opencl.Device;
import dev.loupe.opencl.DeviceNotes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The tile sizes that {@code loupe tune} found, kept for one device with one driver: a note in the
 * user's cache, as JSON.
 */
public final class TuningNote {
  private static final String PARAMETERS = "parameters";

  private TuningNote() {}

  private static String finding(Tuning tuning) {
    return "tuning of class " + tuning.deviceClass();
  }

  /**
   * {@code row} with the sizes noted for {@code device}; nothing where none are, or where what is
   * noted does not fit the row.
   */
  public static Optional<Tuning> read(Device device, Tuning row) {
    return DeviceNotes.standard().text(device, finding(row)).flatMap(text -> parse(text, row));
  }

  private static Optional<Tuning> parse(String text, Tuning row) {
    try {
      if (!(JSON.std.mapFrom(text).get(PARAMETERS) instanceof Map<?, ?> parameters)) {
        return Optional.empty();
      }
      Tuning tuning = row;
      for (Map.Entry<?, ?> entry : parameters.entrySet()) {
        int value = ((Number) entry.getValue()).intValue();
        tuning = tuning.with(entry.getKey().toString(), value);
      }
      return Optional.of(tuning);
    } catch (IOException | RuntimeException e) {
      // Written by another version, or spoilt: the row of the class is always right.
      return Optional.empty();
    }
  }

  /**
   * Keeps {@code tuning} for {@code device}; only sizes that differ from its row are written.
   *
   * @return the file
   * @throws UncheckedIOException if it cannot be written
   */
  public static Path write(Device device, Tuning tuning) {
    Map<String, Integer> parameters = tuning.parameters();
    Map<String, Integer> row = Tuning.forClass(tuning.deviceClass()).parameters();
    parameters.entrySet().removeIf(entry -> entry.getValue().equals(row.get(entry.getKey())));
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("device", device.name());
    json.put("driver", device.versions().driver());
    json.put("class", tuning.deviceClass());
    json.put(PARAMETERS, parameters);
    try {
      String text = JSON.std.with(JSON.Feature.PRETTY_PRINT_OUTPUT).asString(json);
      return DeviceNotes.standard().write(device, finding(tuning), text);
    } catch (IOException e) {
      throw new UncheckedIOException("no JSON form of " + json, e);
    }
  }
}
