package dev.loupe.op;

import dev.loupe.kernel.KernelLibrary;
import dev.loupe.opencl.CommandQueue;
import dev.loupe.opencl.DeviceBuffer;
import dev.loupe.tensor.FloatTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The self-test of a device: every kernel of a frame and most of training at small sizes against
 * its reference, so that a broken driver is found before it spoils a picture.
 */
public final class SelfTest {
  /** What outputs hold before; a kernel that leaves an element out is found. */
  private static final int NAN = 0x7fc07fc0; // as a float, and as two halves

  /** Beside 1, the largest value; samples and indices must agree to the unit and exactly. */
  private static final double TOLERANCE = 1e-4;

  /** Of a value that is stored in 11 bits, and of sums before. */
  private static final double HALF_TOLERANCE = 1e-3;

  private final KernelLibrary library;
  private final CommandQueue queue;

  private SelfTest(KernelLibrary library, CommandQueue queue) {
    this.library = library;
    this.queue = queue;
  }

  /**
   * How one case went.
   *
   * @param operator the operator's name
   * @param inputs shapes and layouts
   * @param error largest difference to the reference, relative where the reference passes 1;
   *     infinite where the device failed
   * @param tolerance the error that is allowed
   * @param failure the device's message, or empty
   */
  public record Result(
      String operator, String inputs, double error, double tolerance, String failure) {
    /** Whether the device may be trusted with this operator. */
    public boolean passed() {
      return error <= tolerance;
    }
  }

  /**
   * Runs every case of {@link SelfTestCases}, in fp16 those of inference; a failure of one does not
   * stop the others.
   */
  public static List<Result> run(KernelLibrary library, CommandQueue queue, Precision precision) {
    SelfTest test = new SelfTest(library, queue);
    List<SelfTestCases.Case> cases =
        precision == Precision.FP32 ? SelfTestCases.all() : SelfTestCases.inference();
    return cases.stream().map(next -> test.run(next.in(precision))).toList();
  }

  /** Runs one case. */
  static Result run(KernelLibrary library, CommandQueue queue, SelfTestCases.Case next) {
    return new SelfTest(library, queue).run(next);
  }

  private Result run(SelfTestCases.Case next) {
    List<TensorType> types = next.operands().stream().map(Operand::type).toList();
    TensorType type = next.operator().output(types);
    double tolerance =
        switch (type.layout()) {
          case FRAME, PATCHES -> type.precision() == Precision.FP32 ? TOLERANCE : HALF_TOLERANCE;
          case PIXELS8, PIXELS16 -> 1;
          case INDICES -> 0;
        };
    String name = next.operator().name();
    try {
      FloatTensor expected =
          next.operator().reference(next.operands().stream().map(Operand::value).toList());
      double error = difference(expected, compute(next, types, type));
      return new Result(name, types.toString(), error, tolerance, "");
    } catch (RuntimeException e) {
      String failure = String.valueOf(e.getMessage());
      return new Result(name, types.toString(), Double.POSITIVE_INFINITY, tolerance, failure);
    }
  }

  /** Largest difference, relative where the reference passes 1; infinite where one is NaN. */
  static double difference(FloatTensor expected, FloatTensor actual) {
    double worst = 0;
    for (int i = 0; i < expected.data().length; i++) {
      double reference = expected.data()[i];
      double error = Math.abs(actual.data()[i] - reference) / Math.max(1, Math.abs(reference));
      worst = error <= worst ? worst : Double.isNaN(error) ? Double.POSITIVE_INFINITY : error;
    }
    return worst;
  }

  private FloatTensor compute(SelfTestCases.Case next, List<TensorType> types, TensorType type) {
    Operator operator = next.operator();
    List<TensorView> views = new ArrayList<>();
    long scratchBytes = operator.scratchBytes(types, type);
    Precision precision = Precision.common(Stream.concat(types.stream(), Stream.of(type)));
    try (LaunchRecorder recorder =
            new LaunchRecorder(library, queue, ParameterMemory.NONE, precision);
        DeviceBuffer scratch =
            scratchBytes == 0 ? null : library.context().allocate(scratchBytes)) {
      for (Operand operand : next.operands()) {
        TensorView view = view(operand.type());
        views.add(view);
        // What lies beside the elements is anything on a real frame, and must reach no sum.
        view.write(queue, stored(operand), Float.NaN);
      }
      boolean inPlace = operator.overwrites() >= 0;
      TensorView output = inPlace ? views.get(operator.overwrites()) : view(type);
      if (!inPlace) {
        views.add(output);
      }
      recorder.begin("self-test", operator.name(), scratch, 0);
      operator.record(recorder, views.subList(0, types.size()), output);
      recorder.recorded().forEach(step -> queue.enqueue(step.launch()));
      queue.finish();
      return output.read(queue);
    } finally {
      views.forEach(view -> view.buffer().close());
    }
  }

  private TensorView view(TensorType type) {
    TensorView view = TensorView.allocate(library.context(), type);
    DeviceBuffer buffer = view.buffer();
    queue.fill(buffer, 0, buffer.bytes() / Integer.BYTES * Integer.BYTES, NAN);
    return view;
  }

  /** What the device is given for an operand. */
  private static FloatTensor stored(Operand operand) {
    if (operand.type().layout() != Layout.PIXELS16) {
      return operand.value();
    }
    // The reference knows samples of 8 bits alone; 257 times one is the same shade in 16.
    FloatTensor wide = operand.value().copy();
    for (int i = 0; i < wide.data().length; i++) {
      wide.data()[i] *= 257;
    }
    return wide;
  }
}
