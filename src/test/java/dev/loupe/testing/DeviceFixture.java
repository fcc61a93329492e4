package dev.loupe.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.loupe.kernel.KernelLibrary;
import dev.loupe.kernel.Tuning;
import dev.loupe.op.LaunchRecorder;
import dev.loupe.op.Operand;
import dev.loupe.op.Operator;
import dev.loupe.op.ParameterMemory;
import dev.loupe.op.Precision;
import dev.loupe.op.TensorType;
import dev.loupe.opencl.CommandQueue;
import dev.loupe.opencl.Context;
import dev.loupe.opencl.DeviceBuffer;
import dev.loupe.tensor.FloatTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * A bench on which one operator runs on the device, between guards, and is held against its
 * reference. The kernels are those of a given device class whatever the device is, so that the
 * shapes for GPUs are tested on a CPU too. Contexts and programs live as long as the JVM.
 */
public final class DeviceFixture {
  private static final int GUARD_BYTES = 256;
  private static final Map<String, DeviceFixture> FIXTURES = new ConcurrentHashMap<>();

  private final KernelLibrary library;
  private final CommandQueue queue;
  private final int guardBytes;
  private final ParameterMemory parameters;
  private final Set<String> launched = new TreeSet<>();
  private int status;

  /** A bench on a library of the caller's, with {@code guardBytes} beyond each tensor's slack. */
  public DeviceFixture(KernelLibrary library, CommandQueue queue, int guardBytes) {
    this(library, queue, guardBytes, ParameterMemory.NONE);
  }

  private DeviceFixture(
      KernelLibrary library, CommandQueue queue, int guardBytes, ParameterMemory parameters) {
    this.parameters = parameters;
    this.library = library;
    this.queue = queue;
    this.guardBytes = guardBytes;
  }

  /** The bench for a device class of tuning.json; the test is skipped where there is no device. */
  public static DeviceFixture of(String deviceClass) {
    return FIXTURES.computeIfAbsent(deviceClass, DeviceFixture::open);
  }

  private static DeviceFixture open(String deviceClass) {
    Context context = SharedContext.get("lwjgl");
    return new DeviceFixture(
        new KernelLibrary(context, Tuning.forClass(deviceClass)), context.queue(), GUARD_BYTES);
  }

  /** The same bench, where operators are recorded as for training, with weights that stay. */
  public DeviceFixture inTraining() {
    return new DeviceFixture(library, queue, guardBytes, new NoParameters());
  }

  /** Tile sizes in use. */
  public Tuning tuning() {
    return library.tuning();
  }

  /** The status word after the last run. */
  public int status() {
    return status;
  }

  /** Names of the kernels that the last run launched. */
  public Set<String> launched() {
    return Set.copyOf(launched);
  }

  /**
   * Runs {@code operator} on the device and in Java, and fails where they part by more than float
   * sums of {@code terms} products may.
   */
  public void check(Operator operator, int terms, Operand... operands) {
    FloatTensor actual = run(operator, operands);
    FloatTensor expected = operator.reference(values(operands));
    try {
      TensorAssert.assertClose(expected, actual, 2e-7 * (terms + 500), 2e-6);
    } catch (AssertionError e) {
      throw new AssertionError(
          "%s of %s on class %s: %s"
              .formatted(
                  operator.name(),
                  Arrays.stream(operands).map(Operand::type).toList(),
                  tuning().deviceClass(),
                  e.getMessage()),
          e);
    }
  }

  /** As {@link #check}, with an error of at most {@code ofRange} times the largest output. */
  public void checkOfRange(Operator operator, double ofRange, Operand... operands) {
    FloatTensor expected = operator.reference(values(operands));
    double largest = 0;
    for (float value : expected.data()) {
      largest = Math.max(largest, Math.abs(value));
    }
    TensorAssert.assertClose(expected, run(operator, operands), ofRange * largest, 0);
  }

  /** As {@link #check}, but every element must be equal. */
  public void checkExact(Operator operator, Operand... operands) {
    FloatTensor actual = run(operator, operands);
    TensorAssert.assertClose(operator.reference(values(operands)), actual, 0, 0);
  }

  private static List<FloatTensor> values(Operand... operands) {
    return Arrays.stream(operands).map(Operand::value).toList();
  }

  /** Runs {@code operator}; fails where it writes what is not its output, or leaks. */
  public FloatTensor run(Operator operator, Operand... operands) {
    List<String> before = library.context().openObjects();
    List<GuardedTensor> tensors = new ArrayList<>();
    try {
      List<TensorType> types = new ArrayList<>();
      for (Operand operand : operands) {
        GuardedTensor tensor = tensor("input " + tensors.size(), operand.type());
        tensor.write(operand.value());
        tensors.add(tensor);
        types.add(operand.type());
      }
      TensorType type = operator.output(types);
      boolean inPlace = operator.overwrites() >= 0;
      tensors.add(inPlace ? tensors.remove(operator.overwrites()) : tensor("output", type));
      GuardedTensor output = tensors.get(tensors.size() - 1);
      launch(operator, types, tensors, output);
      FloatTensor result = output.read();
      tensors.subList(0, tensors.size() - 1).forEach(GuardedTensor::assertUntouched);
      return result;
    } finally {
      tensors.forEach(GuardedTensor::close);
      int programs = library.size();
      assertEquals(
          before.stream().filter(o -> !o.startsWith("program")).toList(),
          library.context().openObjects().stream().filter(o -> !o.startsWith("program")).toList(),
          () -> operator.name() + " leaves objects open, beside " + programs + " programs");
    }
  }

  private GuardedTensor tensor(String name, TensorType type) {
    return new GuardedTensor(name, library.context(), queue, type, guardBytes);
  }

  private void launch(
      Operator operator, List<TensorType> types, List<GuardedTensor> tensors, GuardedTensor out) {
    List<GuardedTensor> inputs = new ArrayList<>(tensors.subList(0, tensors.size() - 1));
    if (operator.overwrites() >= 0) {
      inputs.add(operator.overwrites(), out);
    }
    TensorType type = out.view().type();
    long bytes = operator.scratchBytes(types, type);
    Precision precision = Precision.common(Stream.concat(types.stream(), Stream.of(type)));
    try (LaunchRecorder recorder = new LaunchRecorder(library, queue, parameters, precision);
        DeviceBuffer scratch = bytes == 0 ? null : library.context().allocate(bytes)) {
      recorder.begin("test", operator.name(), scratch, 0);
      operator.record(recorder, inputs.stream().map(GuardedTensor::view).toList(), out.view());
      launched.clear();
      recorder
          .recorded()
          .forEach(
              step -> {
                launched.add(step.launch().name());
                queue.enqueue(step.launch());
              });
      queue.finish();
      ByteBuffer word = ByteBuffer.allocateDirect(Integer.BYTES).order(ByteOrder.nativeOrder());
      queue.read(recorder.status(), 0, word);
      status = word.getInt(0);
    }
  }
}
