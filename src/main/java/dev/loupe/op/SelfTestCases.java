package dev.loupe.op;

import dev.loupe.tensor.Activation;
import dev.loupe.tensor.ConvGeometry;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Norm;
import dev.loupe.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * The catalogue of small cases that together run every kernel of an operator but {@code
 * winograd_filters}, which needs trained weights, and on a CPU {@code arrange}.
 */
public final class SelfTestCases {
  private SelfTestCases() {}

  /** One operator and its operands. */
  public record Case(Operator operator, List<Operand> operands) {
    private static Case of(Operator operator, Operand... operands) {
      return new Case(operator, List.of(operands));
    }

    /** The same with operands that are stored otherwise, and rounded so. */
    public Case in(Precision precision) {
      return new Case(operator, operands.stream().map(o -> o.in(precision)).toList());
    }
  }

  /** The cases; add one for each new kernel and each layout it takes. */
  public static List<Case> all() {
    List<Case> cases = inference();
    gradients(cases);
    return cases;
  }

  /** The cases of operators that run without training, in any precision. */
  public static List<Case> inference() {
    List<Case> cases = new ArrayList<>();
    convolutions(cases);
    convTransposes(cases);
    pointwise(cases);
    shapes(cases);
    pools(cases);
    selection(cases);
    pixels(cases);
    return cases;
  }

  /** A scrambled ramp within [-1, 1] of values that halves and TF32 hold exactly. */
  private static FloatTensor ramp(Shape shape) {
    FloatTensor tensor = FloatTensor.zeros(shape);
    for (int i = 0; i < tensor.data().length; i++) {
      tensor.data()[i] = ((37L * i + 11) % 101 - 50) / 64f;
    }
    return tensor;
  }

  private static Parameter parameter(int n, int c, int h, int w) {
    return new Parameter("test", ramp(new Shape(n, c, h, w)));
  }

  private static Operand frame(int channels, int height, int width) {
    return Operand.frame(ramp(Shape.frame(channels, height, width)));
  }

  private static Operand patches(int batch, int channels, int size) {
    return Operand.patches(ramp(new Shape(batch, channels, size, size)));
  }

  private static void convolutions(List<Case> cases) {
    Parameter slopes = parameter(1, 5, 1, 1);
    Conv2d three = conv(2, 5, ConvGeometry.same(3), Activation.PRELU, slopes);
    cases.add(Case.of(three, frame(2, 3, 17), frame(5, 3, 17)));
    cases.add(Case.of(three, patches(1, 2, 3), patches(1, 5, 3)));
    cases.add(Case.of(three, patches(17, 2, 3), patches(17, 5, 3)));
    // One and two channels take the widest blocks, which reach farthest beyond a row.
    Conv2d nine = conv(1, 1, ConvGeometry.same(9), Activation.NONE, null);
    cases.add(Case.of(nine, frame(1, 1, 1)));
    cases.add(Case.of(nine, patches(1, 1, 2)));
    Conv2d valid = conv(2, 2, ConvGeometry.valid(3), Activation.RELU, null);
    cases.add(Case.of(valid, frame(2, 4, 99)));
    cases.add(Case.of(valid, patches(16, 2, 4)));
    Conv2d gate = new Conv2d(valid.weights(), null, valid.geometry(), Activation.RELU, null, true);
    cases.add(Case.of(gate, frame(2, 4, 99), frame(2, 2, 97)));
    cases.add(Case.of(gate, patches(17, 2, 4), patches(17, 2, 2)));
    Conv2d stride = conv(2, 3, new ConvGeometry(3, 3, 2, 1), Activation.SIGMOID, null);
    cases.add(Case.of(stride, frame(2, 5, 33)));
    cases.add(Case.of(stride, patches(3, 2, 5)));
    Conv2d point = conv(3, 5, ConvGeometry.same(1), Activation.leakyRelu(0.1f), null);
    cases.add(Case.of(new AddedConv2d(point), frame(3, 2, 33), frame(5, 2, 33)));
    cases.add(Case.of(new AddedConv2d(point), patches(17, 3, 2), patches(17, 5, 2)));
    // Few output channels: several rows at once.
    Conv2d few = conv(2, 3, ConvGeometry.same(9), Activation.NONE, null);
    cases.add(Case.of(few, frame(2, 5, 70), frame(3, 5, 70)));
    cases.add(Case.of(conv(3, 4, ConvGeometry.valid(3), Activation.RELU, null), frame(3, 7, 131)));
    // Enough channels for Winograd, where the device has it.
    Conv2d many = conv(24, 24, ConvGeometry.same(3), Activation.RELU, null);
    cases.add(Case.of(many, frame(24, 8, 70), frame(24, 8, 70)));
    cases.add(
        Case.of(conv(24, 25, ConvGeometry.valid(3), Activation.NONE, null), patches(17, 24, 6)));
    Conv2d five = conv(3, 24, ConvGeometry.same(5), Activation.PRELU, parameter(1, 24, 1, 1));
    cases.add(Case.of(five, frame(3, 6, 70)));
    Conv2d window = conv(17, 3, ConvGeometry.same(9), Activation.RELU, null);
    cases.add(Case.of(window, frame(17, 9, 20), frame(3, 9, 20)));
    Parameter taps = parameter(9, 1, 1, 1);
    cases.add(Case.of(new PositionwiseConv(taps, parameter(1, 9, 1, 1), 3), frame(1, 3, 70)));
  }

  private static Conv2d conv(
      int in, int out, ConvGeometry geometry, Activation activation, Parameter slopes) {
    return new Conv2d(
        parameter(out, in, geometry.filterHeight(), geometry.filterWidth()),
        parameter(1, out, 1, 1),
        geometry,
        activation,
        slopes);
  }

  private static void convTransposes(List<Case> cases) {
    Parameter bias = parameter(1, 3, 1, 1);
    ConvTranspose2d two = new ConvTranspose2d(parameter(2, 3, 5, 5), bias, 2, 2);
    cases.add(Case.of(two, frame(2, 3, 17)));
    cases.add(Case.of(two, patches(17, 2, 3)));
    Parameter one = parameter(1, 1, 1, 1);
    cases.add(Case.of(new ConvTranspose2d(parameter(1, 1, 9, 9), one, 2, 4), frame(1, 1, 1)));
    ConvTranspose2d four = new ConvTranspose2d(parameter(1, 1, 9, 9), one, 4, 4);
    cases.add(Case.of(four, frame(1, 2, 70)));
    cases.add(Case.of(four, patches(1, 1, 2)));
    // Enough channels for Winograd, where the device has it.
    ConvTranspose2d many = new ConvTranspose2d(parameter(24, 3, 9, 9), bias, 4, 4);
    cases.add(Case.of(many, frame(24, 5, 70)));
    cases.add(Case.of(many, patches(17, 24, 4)));
  }

  private static void pointwise(List<Case> cases) {
    Activate prelu = new Activate(Activation.PRELU, parameter(1, 3, 1, 1));
    cases.add(Case.of(prelu, frame(3, 2, 17)));
    cases.add(Case.of(prelu, patches(17, 3, 2)));
    cases.add(Case.of(new Softmax(1), frame(2, 2, 70)));
    ScaleChannels scale = new ScaleChannels();
    cases.add(Case.of(scale, frame(2, 3, 17), frame(2, 1, 1), frame(2, 3, 17)));
    cases.add(Case.of(scale, patches(17, 2, 3), patches(17, 2, 1), patches(17, 2, 3)));
  }

  private static void shapes(List<Case> cases) {
    cases.add(Case.of(new PixelShuffle(2), frame(4, 2, 70)));
    cases.add(Case.of(new PixelShuffle(3), patches(17, 9, 2)));
    cases.add(Case.of(new UpsampleNearest(2), frame(2, 3, 70)));
    cases.add(Case.of(new UpsampleNearest(3), patches(17, 2, 3)));
    cases.add(Case.of(new UpsampleBilinear(5, 70), frame(2, 3, 17)));
    cases.add(Case.of(new UpsampleBilinear(6, 6), patches(17, 2, 1)));
    cases.add(Case.of(new Concat(), frame(2, 3, 17), frame(1, 3, 17)));
    cases.add(Case.of(new Concat(), patches(17, 2, 3), patches(17, 1, 3)));
    cases.add(Case.of(new ExtendEdges(7, 70), frame(3, 1, 1)));
    cases.add(Case.of(new ExtendEdges(1, 1), frame(3, 7, 70)));
  }

  private static void pools(List<Case> cases) {
    cases.add(Case.of(new GridMean(4), frame(2, 5, 270)));
    cases.add(Case.of(new MaxPool2d(7, 3), frame(2, 10, 33)));
    cases.add(Case.of(new MaxPool2d(2, 1), patches(17, 2, 3)));
    cases.add(Case.of(new GlobalAverage(), frame(2, 3, 70)));
    cases.add(Case.of(new GlobalAverage(), frame(2, 70, 35)));
    cases.add(Case.of(new GlobalAverage(), frame(2, 1, 1)));
    cases.add(Case.of(new GlobalAverage(), patches(17, 2, 3)));
  }

  private static void selection(List<Case> cases) {
    cases.add(Case.of(new TopK(20), frame(1, 9, 33)));
    cases.add(Case.of(new TopK(1), frame(1, 1, 1)));
    cases.add(Case.of(new AllCells(70)));
    cases.add(Case.of(ListedCells.random(70, 100, 1)));
    Operand cells = Operand.indices(0, 3, 4, 7, 13);
    cases.add(Case.of(new PatchGather(4, 1, 0, 3), frame(2, 5, 25), cells));
    cases.add(Case.of(new PatchGather(4, 1, 2, 17), frame(2, 5, 25), cells));
    cases.add(Case.of(new PatchScatter(4), frame(2, 5, 25), patches(5, 2, 4), cells));
  }

  private static void pixels(List<Case> cases) {
    FloatTensor colour = samples(Shape.frame(3, 3, 7));
    FloatTensor gray = samples(Shape.frame(1, 2, 70));
    cases.add(Case.of(new PixelsToTensor(1), Operand.of(colour, Layout.PIXELS8)));
    cases.add(Case.of(new PixelsToTensor(1), Operand.of(gray, Layout.PIXELS16)));
    cases.add(Case.of(new TensorToPixels(1, 1, 1, Layout.PIXELS8), frame(3, 2, 7)));
    cases.add(Case.of(new TensorToPixels(2, 1, 3, Layout.PIXELS16), frame(12, 2, 70)));
  }

  /** Whole numbers of 0 to 255, no two neighbours the same. */
  private static FloatTensor samples(Shape shape) {
    FloatTensor samples = FloatTensor.zeros(shape);
    for (int i = 0; i < samples.data().length; i++) {
      samples.data()[i] = 37 * i % 256;
    }
    return samples;
  }

  private static void gradients(List<Case> cases) {
    Conv2dWeightGradient three =
        new Conv2dWeightGradient(new Shape(5, 2, 3, 3), ConvGeometry.same(3));
    cases.add(Case.of(three, patches(1, 2, 3), patches(1, 5, 3)));
    cases.add(Case.of(three, patches(17, 2, 3), patches(17, 5, 3)));
    Conv2dWeightGradient nine =
        new Conv2dWeightGradient(new Shape(1, 1, 9, 9), ConvGeometry.same(9));
    cases.add(Case.of(nine, patches(1, 1, 2), patches(1, 1, 2)));
    Conv2dWeightGradient stride =
        new Conv2dWeightGradient(new Shape(3, 2, 3, 3), new ConvGeometry(3, 3, 2, 0));
    cases.add(Case.of(stride, patches(3, 2, 5), patches(3, 3, 2)));
    Conv2dWeightGradient many =
        new Conv2dWeightGradient(new Shape(67, 61, 3, 3), ConvGeometry.same(3));
    cases.add(Case.of(many, patches(1, 61, 2), patches(1, 67, 2)));
    // Whole tiles enough for Winograd, where the device has it.
    Conv2dWeightGradient wide =
        new Conv2dWeightGradient(new Shape(24, 17, 3, 3), ConvGeometry.same(3));
    cases.add(Case.of(wide, patches(17, 17, 8), patches(17, 24, 8)));
    ConvTranspose2dWeightGradient two =
        new ConvTranspose2dWeightGradient(new Shape(3, 2, 5, 5), 2, 2);
    cases.add(Case.of(two, patches(17, 3, 3), patches(17, 8, 3)));
    cases.add(Case.of(new ChannelSum(1), patches(17, 3, 2)));
    cases.add(Case.of(new ChannelSum(3), patches(1, 3, 2), patches(1, 3, 2)));
    ActivationGradient prelu = new ActivationGradient(Activation.PRELU, parameter(1, 3, 1, 1));
    cases.add(Case.of(prelu, patches(17, 3, 2), patches(17, 3, 2)));
    Parameter filters = parameter(3, 2, 3, 3);
    cases.add(
        Case.of(
            new Conv2dInputGradient(filters, new ConvGeometry(3, 3, 2, 0), 5, 6),
            patches(17, 3, 2)));
    cases.add(Case.of(new LumaGap(2, 1, 3), patches(9, 12, 2), patches(9, 12, 2)));
    cases.add(Case.of(new MinMaxNormalise(), patches(17, 1, 3)));
    FloatTensor crops = samples(CropsToTensor.crops(3, 3, 4, 6).shape());
    cases.add(Case.of(new CropsToTensor(3, 2, 1), Operand.of(crops, Layout.PIXELS8)));
    cases.add(Case.of(new BlockSum(2, 3, 1), patches(17, 2, 6)));
    cases.add(Case.of(new BlockSpread(2, 3, 1), patches(17, 2, 3)));
    cases.add(Case.of(new PixelUnshuffle(2), patches(17, 2, 4)));
    cases.add(Case.of(new ChannelSlice(1, 2), patches(17, 4, 3)));
    cases.add(Case.of(new MaxPool2dGradient(3, 2), patches(17, 2, 2), patches(17, 2, 5)));
    cases.add(Case.of(new UpsampleBilinearGradient(2, 3), patches(17, 2, 5)));
    cases.add(Case.of(new Add(), patches(17, 3, 2), patches(17, 3, 2)));
    cases.add(Case.of(new Multiply(), patches(17, 3, 2), patches(17, 3, 1)));
    for (Norm norm : Norm.values()) {
      cases.add(Case.of(new PictureLoss(norm, 1), patches(17, 3, 2), patches(17, 3, 2)));
      cases.add(Case.of(new PictureLossGradient(norm, 1), patches(17, 3, 2), patches(17, 3, 2)));
    }
    cases.add(Case.of(new PatchSplit(2, 1), patches(3, 2, 4)));
    cases.add(Case.of(new PatchMerge(2, 1, 4, 4), patches(12, 2, 4)));
  }
}
