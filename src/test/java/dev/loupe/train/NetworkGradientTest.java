package dev.loupe.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.loupe.graph.Node;
import dev.loupe.graph.ReferenceGraph;
import dev.loupe.graph.Value;
import dev.loupe.guided.GuidedScheme;
import dev.loupe.guided.MaskPrediction;
import dev.loupe.network.Fsrcnn;
import dev.loupe.network.Network;
import dev.loupe.network.Pan;
import dev.loupe.network.Rcan;
import dev.loupe.network.Rfdn;
import dev.loupe.network.SrResNet;
import dev.loupe.network.WeightSource;
import dev.loupe.op.PictureLoss;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Norm;
import dev.loupe.weights.ModelMetadata;
import dev.loupe.weights.NamedTensor;
import dev.loupe.weights.Variant;
import dev.loupe.weights.Weights;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
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

  private static final double LARGEST_STEP = 1 / 4096.0;

  /** Of a loss, from the 32-bit results that it is the mean of. */
  private static final double ROUNDING = 1e-9;

  /** Of the gradient's norm, which is what a random direction of ones sees of it. */
  private static final double TOLERANCE = 0.03;

  private static final LearningRate RATE = new LearningRate(1, 0, 1, 0);
  private static final Phase MASK =
      new Phase(
          Variant.MASK, List.of("mp"), 1, RATE, loss(0, 0, 1), PartCopies.NONE, Colouring.NONE);

  private static PhaseLoss loss(float coarse, float refined, float mask) {
    return new PhaseLoss(Norm.L1, coarse, refined, mask);
  }

  private static Phase phase(Variant variant, String... parts) {
    return new Phase(
        variant, List.of(parts), 1, RATE, loss(1, 2, 0), PartCopies.NONE, Colouring.NONE);
  }

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
    check(network, variant, side, MaskPrediction.TWO_CLASSES);
  }

  @Test
  void soIsThatOfTheOneChannelMask() {
    check(new Fsrcnn(2, 6, 4, 1, 1), Variant.MASK, 12, new MaskPrediction(1));
  }

  private static void check(Network network, Variant variant, int side, MaskPrediction prediction) {
    Phase phase = variant == Variant.MASK ? MASK : phase(variant, "base", "refine");
    Map<String, NamedTensor> weights =
        FirstWeights.of(network, prediction, 3).tensors().stream()
            .collect(Collectors.toMap(NamedTensor::name, Function.identity()));
    weights.values().forEach(NetworkGradientTest::leaveKinks);
    if (!(network instanceof Fsrcnn)) {
      weights.values().forEach(NetworkGradientTest::strengthen);
    }
    CropShape crops = new CropShape(side < 16 ? 2 : 1, side, network.scale());
    TrainingGraph training =
        TrainingGraph.of(
            new GuidedScheme(
                network, (name, dims) -> weights.get(name).tensor(), P, 1, 1, prediction),
            phase,
            crops,
            false);
    Map<Value, FloatTensor> inputs = inputs(training);
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

  private static Map<Value, FloatTensor> inputs(TrainingGraph training) {
    return Map.of(
        training.lowRes(), samples(1, training.lowRes()),
        training.highRes(), samples(2, training.highRes()));
  }

  private static Map<String, float[]> gradients(Phase phase) {
    Network network = new Fsrcnn(2, 6, 4, 1, 1);
    Collection<NamedTensor> first =
        FirstWeights.of(network, MaskPrediction.TWO_CLASSES, 3).tensors();
    Weights weights = Weights.of("first", ModelMetadata.of("fsrcnn", 2), first);
    TrainingGraph training =
        TrainingGraph.of(
            new GuidedScheme(network, WeightSource.of(weights), P, 1, 1),
            phase,
            new CropShape(2, 8, 2),
            false);
    Map<Value, FloatTensor> results =
        new ReferenceGraph(training.graph()).run(inputs(training), node -> {});
    Map<String, float[]> gradients = new TreeMap<>();
    training.gradients().forEach((name, row) -> gradients.put(name, results.get(row).data()));
    return gradients;
  }

  @Test
  void ofAllPartsTogetherTheGradientsAddUp() {
    List<String> parts = List.of("base", "refine", "mp");
    Map<String, float[]> together =
        gradients(
            new Phase(
                Variant.MASK, parts, 1, RATE, loss(1, 2, 3), PartCopies.NONE, Colouring.NONE));
    Map<String, float[]> pictures = gradients(phase(Variant.ALL, "base", "refine"));
    Map<String, float[]> mask =
        gradients(
            new Phase(
                Variant.MASK,
                List.of("base", "mp"),
                1,
                RATE,
                loss(0, 0, 3),
                PartCopies.NONE,
                Colouring.NONE));
    assertEquals(
        FirstWeights.of(new Fsrcnn(2, 6, 4, 1, 1), MaskPrediction.TWO_CLASSES, 3).tensors().size(),
        together.size());
    together.forEach(
        (name, sum) -> {
          float[] zeros = new float[sum.length];
          float[] one = pictures.getOrDefault(name, zeros);
          float[] other = mask.getOrDefault(name, zeros);
          for (int i = 0; i < sum.length; i++) {
            assertEquals(one[i] + other[i], sum[i], 1e-5, name);
          }
        });
    assertTrue(mask.containsKey("base.first.0.weight"), "the mask's loss reaches Base-Net");
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
      if (node.operator() instanceof PictureLoss loss) {
        FloatTensor result = operands.get(0);
        FloatTensor target = operands.get(1);
        if (first) {
          signs.add(new PictureLoss(Norm.L1, 1).gradient().reference(operands));
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
