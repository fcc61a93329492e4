package dev.loupe.op;

import dev.loupe.kernel.KernelLibrary;
import dev.loupe.kernel.Tuning;
import dev.loupe.opencl.CommandQueue;
import dev.loupe.opencl.Context;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The search for the tile sizes with which one device is fastest: one parameter after another, each
 * candidate held against the reference before it is timed, taking turns with the best so far.
 */
public final class Tuner {
  /** A candidate must be faster by this factor: less is noise. */
  private static final double LEAST_GAIN = 1.02;

  private final Context context;
  private final CommandQueue queue;
  private final List<SelfTestCases.Case> checked;
  private final Function<Tuning, List<TuningCase>> timed;

  /** A tuner of {@code context}'s device. */
  public Tuner(Context context, CommandQueue queue) {
    this(context, queue, SelfTestCases.all(), TuningCase::all);
  }

  /**
   * A tuner by other cases.
   *
   * @param checked those that the start and the best must pass
   * @param timed those that a candidate must pass, and be faster at
   */
  Tuner(
      Context context,
      CommandQueue queue,
      List<SelfTestCases.Case> checked,
      Function<Tuning, List<TuningCase>> timed) {
    this.context = context;
    this.queue = queue;
    this.checked = checked;
    this.timed = timed;
  }

  /**
   * One candidate.
   *
   * @param parameter its name
   * @param value the value tried
   * @param gain how many times as fast as the best so far, the geometric mean over the cases; 0
   *     where it was refused
   * @param refusal why it was not timed, or empty
   */
  public record Trial(String parameter, int value, double gain, String refusal) {}

  /**
   * What was found.
   *
   * @param tuning the best
   * @param gain how many times as fast as the start, by the gains of the candidates taken
   * @param trials all candidates, in the order tried
   */
  public record Result(Tuning tuning, double gain, List<Trial> trials) {}

  /** The candidates of each parameter that matters on the device class of {@code start}. */
  private static Map<String, List<Integer>> space(Tuning start) {
    Map<String, List<Integer>> space = new LinkedHashMap<>();
    if (start.tile() == null) {
      space.put("lanes", List.of(4, 8, 16));
      space.put("accumulators", List.of(8, 12, 16, 20, 24, 28));
      space.put("winogradVectors", List.of(0, 1, 2));
    } else {
      space.put("tile.rows", List.of(4, 6, 8));
      space.put("tile.channels", List.of(4, 6, 8, 12));
      space.put("accumulators", List.of(24, 32, 48, 64, 96));
      space.put("tile.items", List.of(64, 128, 256, 512));
      space.put("tile.resident", List.of(256, 512, 768, 1024));
      space.put("workGroup", List.of(32, 64, 128, 256));
      space.put("reduceGroup", List.of(64, 128, 256, 512));
    }
    return space;
  }

  /** Number of candidates that a search from {@code start} tries. */
  public static int candidates(Tuning start) {
    Map<String, Integer> present = start.parameters();
    return space(start).entrySet().stream()
        .mapToInt(
            parameter ->
                (int)
                    parameter.getValue().stream()
                        .filter(value -> !value.equals(present.get(parameter.getKey())))
                        .count())
        .sum();
  }

  /**
   * Searches.
   *
   * @param progress told of each candidate
   * @throws IllegalStateException if {@code start} itself, or the best at the end, fails its tests
   */
  public Result search(Tuning start, Consumer<Trial> progress) {
    Tuning best = start;
    double gain = 1;
    List<Trial> trials = new ArrayList<>();
    requireSound(start);
    List<TuningCase> sized = timed.apply(start);
    for (Map.Entry<String, List<Integer>> parameter : space(start).entrySet()) {
      int present = start.parameters().get(parameter.getKey());
      Tuning bestOfParameter = best;
      double bestGain = 1;
      for (int value : parameter.getValue()) {
        if (value == present) {
          continue;
        }
        Trial trial = attempt(sized, best, parameter.getKey(), value);
        trials.add(trial);
        progress.accept(trial);
        if (trial.gain() > Math.max(bestGain, LEAST_GAIN)) {
          bestGain = trial.gain();
          bestOfParameter = best.with(parameter.getKey(), value);
        }
      }
      best = bestOfParameter;
      gain *= bestGain;
    }
    requireSound(best);
    return new Result(best, gain, List.copyOf(trials));
  }

  private void requireSound(Tuning tuning) {
    try (KernelLibrary library = new KernelLibrary(context, tuning)) {
      String failed =
          checked.stream()
              .map(next -> SelfTest.run(library, queue, next))
              .filter(result -> !result.passed())
              .map(result -> result.operator() + " of " + result.inputs())
              .distinct()
              .collect(Collectors.joining(", "));
      if (!failed.isEmpty()) {
        throw new IllegalStateException(
            "%s fails with %s; see 'loupe doctor'".formatted(failed, tuning.parameters()));
      }
    }
  }

  private Trial attempt(List<TuningCase> sized, Tuning best, String parameter, int value) {
    try (KernelLibrary present = new KernelLibrary(context, best);
        KernelLibrary other = new KernelLibrary(context, best.with(parameter, value))) {
      double logarithms = 0;
      for (TuningCase next : sized) {
        SelfTest.Result result = SelfTest.run(other, queue, next.small());
        if (!result.passed()) {
          String why = result.failure().isEmpty() ? "is wrong" : result.failure();
          return new Trial(parameter, value, 0, result.operator() + ": " + why);
        }
        logarithms += Math.log(next.compare(present, other, queue));
      }
      return new Trial(parameter, value, Math.exp(logarithms / sized.size()), "");
    } catch (RuntimeException e) {
      // A size that this device cannot launch is no candidate.
      return new Trial(parameter, value, 0, String.valueOf(e.getMessage()));
    }
  }
}
