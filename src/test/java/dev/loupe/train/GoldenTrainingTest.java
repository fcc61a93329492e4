package dev.loupe.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.loupe.graph.Value;
import dev.loupe.kernel.KernelLibrary;
import dev.loupe.opencl.CommandQueue;
import dev.loupe.opencl.Context;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.testing.SharedContext;
import dev.loupe.train.TrainedParameters.State;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests of gradients and of ten steps of Adam against PyTorch's. */
class GoldenTrainingTest {
  /** Of a parameter's largest gradient. */
  private static final double GRADIENT_TOLERANCE = 2e-4;

  private static final double LOSS_TOLERANCE = 1e-3;

  static List<String> cases() {
    return List.of(
        "fsrcnn-full",
        "fsrcnn-all",
        "fsrcnn-mask",
        "pan-full",
        "pan-all",
        "rfdn-full",
        "rfdn-all",
        "srresnet-full",
        "srresnet-all",
        "rcan-full",
        "rcan-all");
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theReferenceGraphGivesTheGradientsOfPyTorch(String name) {
    GoldenTraining golden = GoldenTraining.load(name);
    TrainingGraph training = golden.graph();
    Map<Value, FloatTensor> results = golden.run(training);
    double loss = 0;
    for (Value value : training.losses()) {
      loss += results.get(value).data()[0];
    }
    assertEquals(golden.losses()[0], loss, 1e-4 * golden.losses()[0], "loss");
    List<String> expected =
        golden.file().names().stream().filter(n -> n.startsWith("gradient.")).toList();
    assertEquals(expected.size(), training.gradients().size(), "trained parameters");
    List<String> wrong = new ArrayList<>();
    for (String tensor : expected) {
      String parameter = tensor.substring("gradient.".length());
      float[] actual = results.get(training.gradients().get(parameter)).data();
      float[] truth = golden.file().tensor(tensor).data();
      int step = truth.length == actual.length ? 1 : Math.max(1, actual.length / 61);
      double largest = 0;
      double worst = 0;
      for (int i = 0; i < truth.length; i++) {
        largest = Math.max(largest, Math.abs(truth[i]));
        worst = Math.max(worst, Math.abs(truth[i] - actual[i * step]));
      }
      if (!(worst <= GRADIENT_TOLERANCE * largest)) {
        wrong.add("%s: off by %.3g of %.3g".formatted(parameter, worst, largest));
      }
    }
    assertTrue(wrong.isEmpty(), () -> String.join("; ", wrong));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void whatIsComputedTwiceGivesTheSameGradients(String name) {
    GoldenTraining golden = GoldenTraining.load(name);
    TrainingGraph training = golden.graph();
    TrainingGraph again = golden.graph(true);
    Map<Value, FloatTensor> results = golden.run(training);
    Map<Value, FloatTensor> repeated = golden.run(again);
    training
        .gradients()
        .forEach(
            (parameter, row) ->
                assertArrayEquals(
                    results.get(row).data(),
                    repeated.get(again.gradients().get(parameter)).data(),
                    parameter));
  }

  @Tag("device")
  @ParameterizedTest
  @MethodSource("cases")
  void tenStepsFollowTheLossesOfPyTorch(String name) {
    GoldenTraining golden = GoldenTraining.load(name);
    Context context = SharedContext.get("lwjgl");
    try (KernelLibrary library = new KernelLibrary(context);
        CommandQueue queue = context.queue();
        TrainedParameters parameters =
            new TrainedParameters(context, queue, golden.weights().tensors())) {
      parameters.write(State.WEIGHTS, golden.weights().tensors());
      parameters.clear(State.FIRST);
      parameters.clear(State.SECOND);
      parameters.copy(State.WEIGHTS, State.AVERAGE);
      try (Iteration iteration = new Iteration(golden.graph(), library, queue, parameters)) {
        Batch batch = golden.batch();
        for (int t = 1; t <= golden.losses().length; t++) {
          double expected = golden.losses()[t - 1];
          double loss = iteration.forwardBackward(batch);
          assertEquals(expected, loss, LOSS_TOLERANCE * expected, "loss before step " + t);
          iteration.step(t, golden.rate(), 0);
        }
      }
    }
  }
}
