package dev.loupe.train;

import dev.loupe.train.TrainedParameters.State;
import dev.loupe.weights.Dtype;
import dev.loupe.weights.NamedTensor;
import dev.loupe.weights.SafeTensors;
import dev.loupe.weights.SafeTensorsWriter;
import dev.loupe.weights.WeightsException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The state of a training run between two iterations, from which it goes on bit for bit.
 *
 * @param recipe text of the recipe
 * @param pictures fingerprint of the pictures that crops are cut from
 * @param phase index of the phase
 * @param iteration iterations of that phase that are done
 * @param seconds spent on the run so far
 * @param tensors each array of every parameter
 */
record Checkpoint(
    String recipe,
    String pictures,
    int phase,
    int iteration,
    double seconds,
    Map<State, List<NamedTensor>> tensors) {
  private static final String VERSION = "1";

  /**
   * Reads a checkpoint.
   *
   * @throws WeightsException if the file is none
   */
  static Checkpoint read(Path file) {
    SafeTensors tensors = SafeTensors.read(file);
    Map<String, String> metadata = tensors.metadata();
    if (!VERSION.equals(metadata.get("checkpoint"))) {
      throw new WeightsException(
          file + ": is no checkpoint of this version of 'loupe train'; start the run anew");
    }
    Map<State, List<NamedTensor>> states = new EnumMap<>(State.class);
    for (State state : State.values()) {
      String prefix = prefix(state);
      List<NamedTensor> named = new ArrayList<>();
      for (String name : tensors.names()) {
        if (name.startsWith(prefix)) {
          named.add(tensors.tensor(name).renamed(name.substring(prefix.length())));
        }
      }
      states.put(state, named);
    }
    return new Checkpoint(
        required(metadata, "recipe", file),
        metadata.getOrDefault("pictures", ""),
        number(metadata, "phase", file, Integer::valueOf),
        number(metadata, "iteration", file, Integer::valueOf),
        number(metadata, "seconds", file, Double::valueOf),
        states);
  }

  private static String required(Map<String, String> metadata, String key, Path file) {
    String value = metadata.get(key);
    if (value == null) {
      throw new WeightsException(file + ": its '" + key + "' is missing; start the run anew");
    }
    return value;
  }

  private static <T> T number(
      Map<String, String> metadata, String key, Path file, Function<String, T> parser) {
    String value = required(metadata, key, file);
    try {
      return parser.apply(value);
    } catch (NumberFormatException e) {
      throw new WeightsException(
          "%s: its '%s' is '%s', which is no number; start the run anew"
              .formatted(file, key, value),
          e);
    }
  }

  private static String prefix(State state) {
    return state.name().toLowerCase(Locale.ROOT) + ".";
  }

  /** Writes the checkpoint; the file appears whole or the one before stays. */
  void write(Path file) {
    List<NamedTensor> all = new ArrayList<>();
    tensors.forEach(
        (state, list) -> list.forEach(t -> all.add(t.renamed(prefix(state) + t.name()))));
    Map<String, String> metadata = new TreeMap<>();
    metadata.put("checkpoint", VERSION);
    metadata.put("recipe", recipe);
    metadata.put("pictures", pictures);
    metadata.put("phase", Integer.toString(phase));
    metadata.put("iteration", Integer.toString(iteration));
    metadata.put("seconds", Double.toString(seconds));
    SafeTensorsWriter.write(file, metadata, all, Dtype.F32);
  }

  /** Whether every number is finite; one that is not would spoil whatever goes on from here. */
  boolean isFinite() {
    for (List<NamedTensor> list : tensors.values()) {
      for (NamedTensor tensor : list) {
        for (float value : tensor.data()) {
          if (!Float.isFinite(value)) {
            return false;
          }
        }
      }
    }
    return true;
  }
}
