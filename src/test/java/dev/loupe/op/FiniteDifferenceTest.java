package dev.loupe.op;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.loupe.tensor.Activation;
import dev.loupe.tensor.ConvGeometry;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Norm;
import dev.loupe.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Tests of every gradient's reference by central differences of its operator's reference: for a
 * random r, the derivative of the sum of r * dst by each element.
 */
class FiniteDifferenceTest {
  /** A power of two, so that it adds to the elements exactly. */
  private static final float STEP = 1 / 32f;

  private static final double TOLERANCE = 1e-4;

  /** Of a 32-bit result. */
  private static final double ROUNDING = Math.pow(2, -24);

  /**
   * A gradient to be checked.
   *
   * @param changed the operand or weights that the derivative is by
   * @param forward what is computed of them
   * @param gradient from r to the gradient of {@code changed}, element by element
   */
  private record Case(
      String name,
      FloatTensor changed,
      Supplier<FloatTensor> forward,
      UnaryOperator<FloatTensor> gradient) {
    @Override
    public String toString() {
      return name;
    }
  }

  /** Elements of either sign, all further than two steps from 0 and from each other. */
  private static FloatTensor distinct(int seed, int n, int c, int h, int w) {
    FloatTensor tensor = FloatTensor.zeros(new Shape(n, c, h, w));
    int count = tensor.data().length;
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      order.add(i < count / 2 ? i - count / 2 - 1 : i - count / 2 + 1);
    }
    Collections.shuffle(order, new Random(seed));
    for (int i = 0; i < count; i++) {
      tensor.data()[i] = 3 * STEP * order.get(i);
    }
    return tensor;
  }

  private static Parameter parameter(String name, FloatTensor value) {
    return new Parameter(name, value);
  }

  private static Case ofInput(Operator operator, Operator gradient, FloatTensor src) {
    return new Case(
        operator.name(),
        src,
        () -> operator.reference(List.of(src)),
        r -> gradient.reference(List.of(r)));
  }

  private static Stream<Case> convolution(ConvGeometry geometry, int h, int w) {
    FloatTensor src = distinct(1, 2, 3, h, w);
    int side = geometry.filterHeight();
    Parameter weights = parameter("w", distinct(2, 4, 3, side, side));
    Parameter bias = parameter("b", distinct(3, 1, 4, 1, 1));
    Conv2d conv = new Conv2d(weights, bias, geometry, Activation.NONE, null);
    Operator input =
        geometry.stride() == 1
            ? conv.inputGradient()
            : new Conv2dInputGradient(weights, geometry, h, w);
    Operator filters = new Conv2dWeightGradient(weights.value().shape(), geometry);
    Supplier<FloatTensor> forward = () -> conv.reference(List.of(src));
    String name = "%s %d %dx%d ".formatted(geometry, side, h, w);
    return Stream.of(
        new Case(name + "src", src, forward, r -> input.reference(List.of(r))),
        new Case(name + "w", weights.value(), forward, r -> filters.reference(List.of(src, r))),
        new Case(name + "b", bias.value(), forward, r -> new ChannelSum(1).reference(List.of(r))));
  }

  private static Stream<Case> transposed(int scale) {
    FloatTensor src = distinct(1, 2, 2, 3, 4);
    Parameter weights = parameter("w", distinct(2, 2, 3, 9, 9));
    Parameter bias = parameter("b", distinct(3, 1, 3, 1, 1));
    ConvTranspose2d conv = new ConvTranspose2d(weights, bias, scale, 4);
    Operator filters = new ConvTranspose2dWeightGradient(weights.value().shape(), scale, 4);
    Supplier<FloatTensor> forward = () -> conv.reference(List.of(src));
    ChannelSum sum = new ChannelSum(scale * scale);
    String name = "conv_transpose2d x" + scale + " ";
    return Stream.of(
        new Case(name + "src", src, forward, r -> conv.inputGradient().reference(List.of(r))),
        new Case(name + "w", weights.value(), forward, r -> filters.reference(List.of(src, r))),
        new Case(name + "b", bias.value(), forward, r -> sum.reference(List.of(r))));
  }

  private static Stream<Case> activation(Activation activation, int slopeCount) {
    FloatTensor src = distinct(1, 2, 4, 2, 3);
    boolean prelu = activation.kind() == Activation.Kind.PRELU;
    Parameter slopes = prelu ? parameter("s", distinct(2, 1, slopeCount, 1, 1)) : null;
    Activate act = new Activate(activation, slopes);
    Supplier<FloatTensor> forward = () -> act.reference(List.of(src));
    Operator through = new ActivationGradient(activation, slopes);
    Case input =
        new Case(
            activation.kind().toString(),
            src,
            forward,
            r -> through.reference(List.of(r, prelu ? src : forward.get())));
    if (!prelu) {
      return Stream.of(input);
    }
    ChannelSum sum = new ChannelSum(4 / slopeCount);
    String name = slopeCount + " slopes";
    return Stream.of(
        input, new Case(name, slopes.value(), forward, r -> sum.reference(List.of(r, src))));
  }

  private static Stream<Case> ofTwo() {
    FloatTensor a = distinct(1, 2, 3, 3, 4);
    FloatTensor b = distinct(2, 2, 3, 3, 4);
    FloatTensor gate = distinct(3, 2, 3, 1, 1);
    Operator times = new Multiply();
    Operator sum = new BlockSum(3, 4, 1);
    return Stream.of(
        new Case(
            "multiply",
            a,
            () -> times.reference(List.of(a, b)),
            r -> times.reference(List.of(r, b))),
        new Case(
            "multiply by a gate",
            gate,
            () -> times.reference(List.of(a, gate)),
            r -> sum.reference(List.of(times.reference(List.of(r, a))))),
        new Case(
            "concat",
            b,
            () -> new Concat().reference(List.of(a, b)),
            r -> new ChannelSlice(3, 3).reference(List.of(r))),
        loss(Norm.L1, a, gapped(b)),
        loss(Norm.L2, a, gapped(b)));
  }

  private static Case loss(Norm norm, FloatTensor src, FloatTensor target) {
    PictureLoss loss = new PictureLoss(norm, 3);
    return new Case(
        norm + " loss",
        src,
        () -> loss.reference(List.of(src, target)),
        r -> scaled(loss.gradient().reference(List.of(src, target)), r.data()[0]));
  }

  /** Elements between those of {@link #distinct}, so that no difference is near 0. */
  private static FloatTensor gapped(FloatTensor tensor) {
    FloatTensor copy = tensor.copy();
    for (int i = 0; i < copy.data().length; i++) {
      copy.data()[i] += 1.5f * STEP;
    }
    return copy;
  }

  private static FloatTensor scaled(FloatTensor tensor, float factor) {
    FloatTensor copy = tensor.copy();
    for (int i = 0; i < copy.data().length; i++) {
      copy.data()[i] *= factor;
    }
    return copy;
  }

  static Stream<Case> cases() {
    FloatTensor plane = distinct(1, 2, 2, 6, 8);
    FloatTensor pooled = distinct(5, 2, 2, 10, 13);
    FloatTensor shuffled = distinct(6, 2, 8, 2, 3);
    return Stream.of(
            convolution(ConvGeometry.same(3), 3, 4),
            convolution(ConvGeometry.same(5), 2, 7),
            convolution(ConvGeometry.same(1), 1, 1),
            convolution(ConvGeometry.valid(3), 5, 4),
            convolution(new ConvGeometry(3, 3, 2, 0), 7, 6),
            convolution(new ConvGeometry(3, 3, 2, 1), 6, 5),
            transposed(2),
            transposed(3),
            transposed(4),
            activation(Activation.PRELU, 4),
            activation(Activation.PRELU, 1),
            activation(Activation.RELU, 0),
            activation(Activation.leakyRelu(0.2f), 0),
            activation(Activation.SIGMOID, 0),
            ofTwo(),
            Stream.of(
                ofInput(new PatchSplit(2, 1), new PatchMerge(2, 1, 6, 8), plane),
                ofInput(new PatchSplit(3, 0), new PatchMerge(3, 0, 6, 9), distinct(7, 2, 2, 6, 9)),
                ofInput(new PixelShuffle(2), new PixelUnshuffle(2), shuffled),
                ofInput(new UpsampleNearest(3), new BlockSum(3, 3, 1), plane),
                ofInput(new UpsampleBilinear(18, 16), new UpsampleBilinearGradient(6, 8), plane),
                ofInput(new UpsampleBilinear(7, 5), new UpsampleBilinearGradient(6, 8), plane),
                ofInput(new GlobalAverage(), new BlockSpread(6, 8, 1 / 48f), plane),
                new Case(
                    "max_pool2d",
                    pooled,
                    () -> new MaxPool2d(7, 3).reference(List.of(pooled)),
                    r -> new MaxPool2dGradient(7, 3).reference(List.of(r, pooled)))))
        .flatMap(all -> all);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theGradientIsTheSlope(Case gradient) {
    FloatTensor r = distinct(9, 1, 1, 1, (int) gradient.forward().get().shape().elements());
    r = new FloatTensor(gradient.forward().get().shape(), r.data());
    float[] computed = gradient.gradient().apply(r).data();
    float[] changed = gradient.changed().data();
    assertEquals(changed.length, computed.length, "elements");
    float[] results = gradient.forward().get().data();
    double rounded = 0;
    for (int i = 0; i < results.length; i++) {
      rounded = Math.max(rounded, ROUNDING * Math.abs((double) r.data()[i] * results[i]));
    }
    double largest = 0;
    double worst = 0;
    for (int i = 0; i < changed.length; i++) {
      float value = changed[i];
      changed[i] = value + STEP;
      double above = weighted(r, gradient.forward().get());
      changed[i] = value - STEP;
      double below = weighted(r, gradient.forward().get());
      changed[i] = value;
      double slope = (above - below) / (2 * STEP);
      largest = Math.max(largest, Math.abs(slope));
      worst = Math.max(worst, Math.abs(slope - computed[i]));
    }
    assertTrue(largest > 0, "the derivative is 0 everywhere");
    assertTrue(worst <= TOLERANCE * largest + rounded / STEP, "off by " + worst + " of " + largest);
  }

  private static double weighted(FloatTensor r, FloatTensor values) {
    double sum = 0;
    for (int i = 0; i < r.data().length; i++) {
      sum += (double) r.data()[i] * values.data()[i];
    }
    return sum;
  }
}
