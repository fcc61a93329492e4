package dev.loupe.op;

import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.loupe.tensor.Activation;
import dev.loupe.tensor.ConvGeometry;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Norm;
import dev.loupe.tensor.Shape;
import dev.loupe.testing.DeviceFixture;
import dev.loupe.testing.OnEveryDeviceClass;
import dev.loupe.testing.Tensors;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests of the operators that only training uses against their references. */
@OnEveryDeviceClass
class GradientOperatorsTest {
  private static final int[] BATCHES = {1, 3, 5, 15, 16, 17, 35};

  private final DeviceFixture device;

  /** Largest error of a filter's gradient, as a share of the largest gradient. */
  private final double ofRange;

  GradientOperatorsTest(String deviceClass) {
    device = DeviceFixture.of(deviceClass);
    // Matrix units take factors of 11 bits, off by 2^-11 of themselves; a product by twice that.
    ofRange = deviceClass.equals("gpu-matrix") ? 0x1p-10 : 1e-5;
  }

  private static Operand random(int seed, int n, int c, int h, int w) {
    return Operand.patches(Tensors.random(seed, new Shape(n, c, h, w)));
  }

  private void checkFilters(Shape filters, ConvGeometry geometry, int height, int width) {
    Operator gradient = new Conv2dWeightGradient(filters, geometry);
    for (int n : BATCHES) {
      Operand src = random(n, n, filters.c(), height, width);
      Operand grad =
          random(n + 1, n, filters.n(), geometry.outputHeight(height), geometry.outputWidth(width));
      // Sums of many products of either sign: the error goes with their size, not the sum's.
      device.checkOfRange(gradient, ofRange, src, grad);
    }
  }

  @Test
  void filtersOfConvolutions() {
    checkFilters(new Shape(12, 12, 3, 3), ConvGeometry.same(3), 5, 6);
    checkFilters(new Shape(13, 5, 1, 1), ConvGeometry.same(1), 3, 4);
    checkFilters(new Shape(7, 3, 5, 5), ConvGeometry.same(5), 4, 3);
    checkFilters(new Shape(5, 2, 3, 3), ConvGeometry.valid(3), 6, 6);
    checkFilters(new Shape(3, 1, 9, 9), ConvGeometry.same(9), 3, 12);
    checkFilters(new Shape(1, 1, 3, 3), ConvGeometry.same(3), 1, 1);
  }

  @Test
  void filtersOfConvolutionsWithAStep() {
    checkFilters(new Shape(5, 3, 3, 3), new ConvGeometry(3, 3, 2, 0), 7, 8);
    checkFilters(new Shape(5, 3, 3, 3), new ConvGeometry(3, 3, 2, 1), 6, 5);
  }

  /** More channels than a work-group of a GPU holds, and the last group not full. */
  @Test
  void filtersOfManyChannels() {
    checkFilters(new Shape(67, 61, 3, 3), ConvGeometry.same(3), 4, 5);
    checkFilters(new Shape(51, 53, 3, 3), new ConvGeometry(3, 3, 2, 1), 5, 4);
    checkFilters(new Shape(29, 31, 5, 5), new ConvGeometry(5, 5, 2, 2), 3, 1);
    checkFilters(new Shape(97, 101, 1, 1), ConvGeometry.same(1), 2, 3);
    Operator transposed = new ConvTranspose2dWeightGradient(new Shape(56, 3, 9, 9), 4, 4);
    device.checkOfRange(transposed, ofRange, random(1, 17, 56, 3, 4), random(2, 17, 48, 3, 4));
  }

  @Test
  void manySpans() {
    Operator gradient = new Conv2dWeightGradient(new Shape(3, 2, 3, 3), ConvGeometry.same(3));
    device.checkOfRange(gradient, ofRange, random(1, 200, 2, 24, 23), random(2, 200, 3, 24, 23));
  }

  @Test
  void filtersOfTransposedConvolutions() {
    for (int scale = 2; scale <= 4; scale++) {
      Shape filters = new Shape(7, 3, 9, 9);
      Operator gradient = new ConvTranspose2dWeightGradient(filters, scale, 4);
      for (int n : BATCHES) {
        Operand grad = random(n, n, 3 * scale * scale, 4, 5);
        device.checkOfRange(gradient, ofRange, random(n + 1, n, 7, 4, 5), grad);
      }
    }
  }

  @Test
  void transposedConvolutionsOfManyChannels() {
    Parameter weights = new Parameter("w", Tensors.ramp(25, 3, 9, 9));
    Parameter bias = new Parameter("b", Tensors.ramp(1, 3, 1, 1));
    device.checkOfRange(new ConvTranspose2d(weights, bias, 4, 4), 1e-4, random(1, 17, 25, 8, 8));
  }

  @Test
  void inputsOfTransposedConvolutions() {
    for (int scale = 2; scale <= 4; scale++) {
      Parameter weights = new Parameter("w", Tensors.ramp(5, 3, 9, 9));
      Parameter bias = new Parameter("b", Tensors.ramp(1, 3, 1, 1));
      Conv2d gradient = new ConvTranspose2d(weights, bias, scale, 4).inputGradient();
      device.checkOfRange(gradient, 1e-5, random(1, 17, 3 * scale * scale, 4, 5));
    }
  }

  @Test
  void sums() {
    for (int n : BATCHES) {
      device.checkOfRange(new ChannelSum(1), 1e-5, random(n, n, 5, 3, 4));
      device.checkOfRange(new ChannelSum(4), 1e-5, random(n, n, 12, 3, 4));
      device.checkOfRange(new ChannelSum(1), 1e-5, random(n, n, 5, 3, 4), random(9, n, 5, 3, 4));
      for (Norm norm : Norm.values()) {
        device.checkOfRange(
            new PictureLoss(norm, 3), 1e-5, random(n, n, 5, 3, 4), random(9, n, 5, 3, 4));
      }
    }
  }

  @Test
  void activations() {
    Parameter slopes = new Parameter("slopes", Tensors.ramp(1, 5, 1, 1));
    List<ActivationGradient> all =
        List.of(
            new ActivationGradient(Activation.PRELU, slopes),
            new ActivationGradient(Activation.RELU, null),
            new ActivationGradient(Activation.leakyRelu(0.2f), null),
            new ActivationGradient(Activation.SIGMOID, null));
    for (ActivationGradient gradient : all) {
      for (int n : BATCHES) {
        device.check(gradient, 1, random(n, n, 5, 2, 3), random(n + 1, n, 5, 2, 3));
      }
    }
  }

  @Test
  void pointwise() {
    for (int n : BATCHES) {
      Operand a = random(n, n, 3, 4, 2);
      device.checkExact(new Add(), a, random(7, n, 3, 4, 2));
      device.checkExact(new Multiply(), a, random(8, n, 3, 4, 2));
      device.checkExact(new Multiply(), a, random(9, n, 3, 1, 1));
      for (Norm norm : Norm.values()) {
        Operator gradient = new PictureLoss(norm, 2).gradient();
        device.check(gradient, 1, a, random(9, n, 3, 4, 2));
        device.check(gradient, 1, a, a);
      }
    }
  }

  /** Batches that take more than a group, and positions that no group of several rows divides. */
  @Test
  void pointwiseAroundGroups() {
    for (Shape s :
        List.of(
            new Shape(1, 2, 257, 1),
            new Shape(1, 1, 32, 8),
            new Shape(5, 2, 17, 19),
            new Shape(64, 3, 4, 5),
            new Shape(1023, 1, 1, 3),
            new Shape(1025, 2, 2, 1),
            new Shape(2049, 1, 1, 1))) {
      Operand a = Operand.patches(Tensors.random(1, s));
      Operand b = Operand.patches(Tensors.random(2, s));
      device.checkExact(new Add(), a, b);
      device.checkExact(new Multiply(), a, Operand.patches(Tensors.random(3, s.withSize(1, 1))));
      device.check(new ActivationGradient(Activation.RELU, null), 1, a, b);
      device.checkExact(new ChannelSlice(0, 1), a);
      device.checkExact(new UpsampleNearest(2), a);
    }
  }

  /** As many sums as a group makes, one fewer and one more, of several spans and of one. */
  @Test
  void sumsAroundGroups() {
    for (int channels : new int[] {1, 3, 15, 16, 17, 33}) {
      device.checkOfRange(new ChannelSum(1), 1e-5, random(1, 35, channels, 41, 23));
      device.checkOfRange(new ChannelSum(channels), 1e-5, random(2, 5, channels, 3, 4));
    }
  }

  @Test
  void patches() {
    for (int n : BATCHES) {
      device.checkExact(new PatchSplit(4, 1), random(n, n, 3, 8, 12));
      device.checkExact(new PatchSplit(4, 0), random(n, n, 3, 8, 4));
      device.check(new PatchMerge(4, 1, 8, 12), 4, random(n, 6 * n, 3, 6, 6));
      device.check(new PatchMerge(2, 2, 4, 4), 9, random(n, 4 * n, 2, 6, 6));
    }
  }

  @Test
  void inputsOfConvolutionsWithAStep() {
    Parameter weights = new Parameter("w", Tensors.ramp(5, 3, 3, 3));
    for (int n : BATCHES) {
      ConvGeometry valid = new ConvGeometry(3, 3, 2, 0);
      Operator gradient = new Conv2dInputGradient(weights, valid, 8, 7);
      device.checkOfRange(gradient, 1e-5, random(n, n, 5, 3, 3));
      ConvGeometry padded = new ConvGeometry(3, 3, 2, 1);
      gradient = new Conv2dInputGradient(weights, padded, 8, 7);
      device.checkOfRange(gradient, 1e-5, random(n, n, 5, 4, 4));
    }
  }

  @Test
  void targetsOfTheMask() {
    for (int n : BATCHES) {
      Operand a = random(n, 6 * n, 12, 3, 3);
      device.checkOfRange(new LumaGap(2, 3, 2), 1e-5, a, random(n + 1, 6 * n, 12, 3, 3));
      device.checkOfRange(new MinMaxNormalise(), 1e-6, random(n, n, 1, 4, 3));
    }
    device.checkExact(
        new MinMaxNormalise(), Operand.patches(Tensors.of(Shape.frame(1, 1, 2), 3, 3)));
  }

  @Test
  void crops() {
    for (int n : BATCHES) {
      TensorType type = CropsToTensor.crops(n, 3, 4, 6);
      FloatTensor samples = FloatTensor.zeros(type.shape());
      for (int i = 0; i < samples.data().length; i++) {
        samples.data()[i] = 37 * i % 256;
      }
      Operand pixels = new Operand(type, samples);
      device.check(new CropsToTensor(3, 1, 1), 1, pixels);
      device.check(new CropsToTensor(3, 2, 255), 1, pixels);
    }
  }

  @Test
  void whatMovesElements() {
    for (int n : BATCHES) {
      device.check(new BlockSum(2, 3, 2), 6, random(n, n, 3, 4, 9));
      device.check(new BlockSum(4, 5, 0.05f), 20, random(n, n, 3, 4, 5));
      device.checkExact(new BlockSpread(3, 2, 0.5f), random(n, n, 3, 2, 3));
      device.checkExact(new PixelUnshuffle(2), random(n, n, 3, 4, 6));
      device.checkExact(new ChannelSlice(2, 3), random(n, n, 7, 2, 3));
      Operand pooled = random(n, n, 2, 10, 13);
      device.check(new MaxPool2dGradient(7, 3), 9, random(n, n, 2, 2, 3), pooled);
      device.check(new UpsampleBilinearGradient(3, 4), 99, random(n, n, 2, 12, 11));
      device.check(new UpsampleBilinearGradient(1, 2), 99, random(n, n, 2, 6, 6));
      device.check(new UpsampleBilinearGradient(7, 5), 99, random(n, n, 2, 3, 17));
      device.check(new UpsampleBilinearGradient(3, 1), 99, random(n, n, 1, 1, 13));
    }
    Operand flat = Operand.patches(FloatTensor.zeros(new Shape(3, 2, 7, 7)));
    device.check(new MaxPool2dGradient(3, 2), 4, random(1, 3, 2, 3, 3), flat);
  }

  @Test
  void operandsThatDoNotFitAreRefused() {
    TensorType three = new TensorType(new Shape(2, 3, 4, 4), Layout.PATCHES);
    TensorType frame = TensorType.frame(3, 4, 4);
    Operator filters = new Conv2dWeightGradient(new Shape(3, 3, 3, 3), ConvGeometry.valid(3));
    assertThrows(IllegalArgumentException.class, () -> filters.output(List.of(three, three)));
    assertThrows(IllegalArgumentException.class, () -> new Add().output(List.of(frame, frame)));
    assertThrows(IllegalArgumentException.class, () -> new PatchSplit(3, 1).output(List.of(three)));
  }
}
