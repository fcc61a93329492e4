package dev.loupe.op;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.loupe.kernel.Tuning;
import dev.loupe.opencl.CommandQueue;
import dev.loupe.opencl.Context;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import dev.loupe.testing.SharedContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Tests of {@link Tuner}. */
@Tag("device")
class TunerTest {
  private static final Tuning START = Tuning.forClass("cpu-8");

  /** An operator whose result is off unless it runs with the vectors of {@code START}. */
  private record WrongElsewhere(UpsampleNearest inner) implements Operator {
    @Override
    public String name() {
      return inner.name();
    }

    @Override
    public TensorType output(List<TensorType> inputs) {
      return inner.output(inputs);
    }

    @Override
    public FloatTensor reference(List<FloatTensor> inputs) {
      return inner.reference(inputs);
    }

    @Override
    public void record(LaunchRecorder recorder, List<TensorView> inputs, TensorView output) {
      if (recorder.tuning().lanes() == START.lanes()) {
        inner.record(recorder, inputs, output);
      }
    }
  }

  private static SelfTestCases.Case small(Operator operator) {
    FloatTensor ones = FloatTensor.zeros(Shape.frame(1, 2, 3));
    Arrays.fill(ones.data(), 1);
    return new SelfTestCases.Case(operator, List.of(Operand.frame(ones)));
  }

  private static Tuner.Result search(Operator operator, List<Tuner.Trial> seen) {
    Context context = SharedContext.get("lwjgl");
    SelfTestCases.Case small = small(operator);
    TuningCase sized = new TuningCase(small, List.of(TensorType.frame(1, 8, 64)));
    try (CommandQueue queue = context.queue()) {
      return new Tuner(context, queue, List.of(small), start -> List.of(sized))
          .search(START, seen::add);
    }
  }

  @Test
  void everyCandidateIsToldAndTheBestIsOneOfThem() {
    List<Tuner.Trial> seen = new ArrayList<>();
    Tuner.Result result = search(new UpsampleNearest(2), seen);
    assertEquals(Tuner.candidates(START), seen.size());
    assertEquals(result.trials(), seen);
    assertTrue(seen.stream().allMatch(trial -> trial.refusal().isEmpty()), seen.toString());
    result
        .tuning()
        .parameters()
        .forEach(
            (name, value) ->
                assertTrue(
                    value.equals(START.parameters().get(name))
                        || seen.stream()
                            .anyMatch(t -> t.parameter().equals(name) && t.value() == value),
                    name + " is " + value));
  }

  @Test
  void aCandidateThatIsWrongIsNeverTaken() {
    List<Tuner.Trial> seen = new ArrayList<>();
    Tuner.Result result = search(new WrongElsewhere(new UpsampleNearest(2)), seen);
    assertEquals(START.lanes(), result.tuning().lanes());
    List<Tuner.Trial> lanes = seen.stream().filter(t -> t.parameter().equals("lanes")).toList();
    assertEquals(2, lanes.size());
    for (Tuner.Trial trial : lanes) {
      assertEquals(0, trial.gain());
      assertTrue(trial.refusal().contains("is wrong"), trial.refusal());
    }
  }

  @Test
  void aStartThatFailsIsRefused() {
    Context context = SharedContext.get("lwjgl");
    Tuning broken = Tuning.forClass("gpu").with("lanes", 2); // its convolutions know one lane
    try (CommandQueue queue = context.queue()) {
      List<SelfTestCases.Case> convolution =
          SelfTestCases.all().stream()
              .filter(c -> c.operator() instanceof Conv2d)
              .limit(1)
              .toList();
      Tuner tuner = new Tuner(context, queue, convolution, start -> List.of());
      String message =
          assertThrows(IllegalStateException.class, () -> tuner.search(broken, trial -> {}))
              .getMessage();
      assertTrue(message.contains("conv2d"), message);
    }
  }
}
