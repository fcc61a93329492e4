package dev.loupe.train;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.loupe.graph.Node;
import dev.loupe.graph.ReferenceGraph;
import dev.loupe.graph.Value;
import dev.loupe.guided.Variant;
import dev.loupe.network.Fsrcnn;
import dev.loupe.network.Network;
import dev.loupe.network.Pan;
import dev.loupe.network.Rcan;
import dev.loupe.network.Rfdn;
import dev.loupe.network.SrResNet;
import dev.loupe.op.L1Gradient;
import dev.loupe.op.L1Loss;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.weights.NamedTensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Tests of the gradient of every parameter of small networks by central differences of the loss, in
 * plain Java: each tensor is moved along a random direction, that is all its elements at once. The
 * loss is the l1 with the signs of its terms held, as they are where the gradient is taken.
 */
class NetworkGradientTest {
  private static final int P = 4;

  /** How far the loss is moved: far above 32-bit rounding, yet few units pass a kink on the way. */
  private static final double CHANGE = 2e-6;

  private static final double LARGEST_STEP = 1 / 512.0;

  /** Of a loss, from the 32-bit results that it is the mean of. */
  private static final double ROUNDING = 2e-9;

  /** Of the gradient's norm, which is what a random direction of ones sees of it. */
  private static final double TOLERANCE = 0.03;

  static Stream<Arguments> cases() {
    return Stream.of(
        Arguments.of(new Fsrcnn(3, 6, 4, 2, 1), Variant.FULL, 8),
        Arguments.of(new Fsrcnn(4, 6, 4, 1, 1), Variant.ALL, 8),
        Arguments.of(new Fsrcnn(2, 6, 4, 1, 1), Variant.MASK, 12),
        Arguments.of(new Pan(4, 1, 1), Variant.ALL, 4),
        Arguments.of(new Pan(2, 1, 1), Variant.FULL, 4),
        Arguments.of(new Pan(3, 1, 1), Variant.FULL, 4),
        Arguments.of(new Rfdn(2, 1, 1), Variant.FULL, 16),
        Arguments.of(new SrResNet(4, 1, 1), Variant.FULL, 4),
        Arguments.of(new Rcan(2, 1, 1, 1, 1), Variant.ALL, 4));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void everyGradientIsTheSlopeOfTheLoss(Network network, Variant variant, int side) {
    boolean mask = variant == Variant.MASK;
    List<String> parts = mask ? List.of("mp") : List.of("base", "refine");
    Phase phase =
        new Phase(variant, parts, 1, new LearningRate(1, 0, 1, 0), mask ? 0 : 1, mask ? 1 : 2);
    Map<String, NamedTensor> weights =
        FirstWeights.of(network, 3).tensors().stream()
            .collect(Collectors.toMap(NamedTensor::name, Function.identity()));
    weights.values().forEach(NetworkGradientTest::leaveKinks);
    if (!(network instanceof Fsrcnn)) {
      weights.values().forEach(NetworkGradientTest::strengthen);
    }
    CropShape crops = new CropShape(side < 16 ? 2 : 1, side, network.scale());
    TrainingGraph training =
        TrainingGraph.of(network, (name, dims) -> weights.get(name).tensor(), phase, crops, P, 1);
    Map<Value, FloatTensor> inputs =
        Map.of(
            training.lowRes(), samples(1, training.lowRes()),
            training.highRes(), samples(2, training.highRes()));
    Map<Value, FloatTensor> results = new ReferenceGraph(training.graph()).run(inputs, node -> {});
    List<FloatTensor> signs = new ArrayList<>();
    loss(training, inputs, signs);
    List<String> wrong = new ArrayList<>();
    training
        .gradients()
        .forEach(
            (name, row) -> {
              float[] gradient = results.get(row).data();
              String off =
                  compare(() -> loss(training, inputs, signs), weights.get(name).data(), gradient);
              if (off != null) {
                wrong.add(name + " " + off);
              }
            });
    assertTrue(wrong.isEmpty(), () -> String.join("; ", wrong));
  }

  private static FloatTensor samples(int seed, Value input) {
    Random random = new Random(seed);
    FloatTensor samples = FloatTensor.zeros(input.type().shape());
    for (int i = 0; i < samples.data().length; i++) {
      samples.data()[i] = 32 + random.nextInt(192);
    }
    return samples;
  }

  /**
   * With biases of 0, whatever sees nothing but padding would sit on the kink of its activation.
   */
  private static void leaveKinks(NamedTensor tensor) {
    Random random = new Random(tensor.name().hashCode());
    for (int i = 0; tensor.dims().length == 1 && i < tensor.data().length; i++) {
      tensor.data()[i] += 0.2f * random.nextFloat() - 0.1f;
    }
  }

  /** So that a few layers do not damp every signal, and with it the gradients, to nothing. */
  private static void strengthen(NamedTensor tensor) {
    for (int i = 0; tensor.dims().length == 4 && i < tensor.data().length; i++) {
      tensor.data()[i] *= 2;
    }
  }

  /** Null where the slope along a random direction is the gradient's. */
  private static String compare(DoubleSupplier loss, float[] weights, float[] gradient) {
    Random random = new Random(weights.length);
    double[] signs = new double[weights.length];
    double along = 0;
    double square = 0;
    for (int i = 0; i < signs.length; i++) {
      signs[i] = random.nextBoolean() ? 1 : -1;
      along += gradient[i] * signs[i];
      square += (double) gradient[i] * gradient[i];
    }
    double norm = Math.sqrt(square);
    double step = Math.min(LARGEST_STEP, CHANGE / norm);
    float[] before = weights.clone();
    double[] losses = new double[2];
    for (int side = 0; side < 2; side++) {
      for (int i = 0; i < weights.length; i++) {
        weights[i] = (float) (before[i] + (side == 0 ? -step : step) * signs[i]);
      }
      losses[side] = loss.getAsDouble();
    }
    System.arraycopy(before, 0, weights, 0, before.length);
    double slope = (losses[1] - losses[0]) / (2 * step);
    return norm > 0 && Math.abs(slope - along) <= TOLERANCE * norm + ROUNDING / step
        ? null
        : "slope %.3g, gradient %.3g of norm %.3g, step %.3g".formatted(slope, along, norm, step);
  }

  /**
   * The losses as the weights are now, in 64 bits and without the way back; {@code signs} of their
   * terms are filled in the first time.
   */
  private static double loss(
      TrainingGraph training, Map<Value, FloatTensor> inputs, List<FloatTensor> signs) {
    boolean first = signs.isEmpty();
    Map<Value, FloatTensor> values = new HashMap<>(inputs);
    double sum = 0;
    for (Node node : training.graph().nodes()) {
      if (node.stage().equals("backward")) {
        break;
      }
      List<FloatTensor> operands = node.inputs().stream().map(values::get).toList();
      if (node.operator() instanceof L1Loss loss) {
        FloatTensor result = operands.get(0);
        FloatTensor target = operands.get(1);
        if (first) {
          signs.add(new L1Gradient(1).reference(operands));
        }
        FloatTensor sign = signs.get(training.losses().indexOf(node.output()));
        for (int i = 0; i < sign.data().length; i++) {
          sum += loss.weight() * sign.data()[i] * ((double) result.data()[i] - target.data()[i]);
        }
      } else {
        values.put(node.output(), node.operator().reference(operands));
      }
    }
    return sum;
  }
}
