package dev.loupe.op;

import dev.loupe.kernel.Tuning;
import dev.loupe.tensor.FloatTensor;
import java.util.List;
import java.util.stream.IntStream;

/**
 * One step of a network: what it makes of shapes, of host tensors (the reference) and of device
 * tensors.
 *
 * <p>An operator is immutable and knows no frame size but one of its result that its inputs do not
 * tell; everything else that is sized comes in through its arguments.
 */
public interface Operator {
  /**
   * The operator's name in plans, reports and errors, such as {@code conv2d}; also the name of its
   * kernel, where it has one of its own.
   */
  String name();

  /**
   * Shape inference.
   *
   * @throws IllegalArgumentException naming the operator and the input that does not fit
   */
  TensorType output(List<TensorType> inputs);

  /**
   * The plain-Java twin: dense NCHW tensors in, a new one out; indices and pixels are floats too.
   *
   * @throws ArithmeticException where the device raises {@link LaunchRecorder#NOT_FINITE}
   */
  FloatTensor reference(List<FloatTensor> inputs);

  /**
   * Builds the kernels and records the launches that compute {@code output} from {@code inputs}.
   */
  void record(LaunchRecorder recorder, List<TensorView> inputs, TensorView output);

  /** What one run costs; operators that nobody counts cost nothing. */
  default Cost cost(List<TensorType> inputs, TensorType output) {
    return Cost.NONE;
  }

  /** The input whose memory the output takes over, written in place, or -1. */
  default int overwrites() {
    return -1;
  }

  /**
   * Whether the output is the inputs one after another along the channels, so that a planner may
   * place each input where it ends up and nothing need be copied.
   */
  default boolean concatenates() {
    return false;
  }

  /**
   * The rows of input {@code index} that rows of the output are made of; all, unless the operator
   * can run band by band.
   */
  default RowWindow rows(int index, List<TensorType> inputs, TensorType output) {
    return RowWindow.ALL;
  }

  /**
   * Rows of the output that a band is a multiple of; all of them, unless some input's {@link #rows}
   * are not.
   */
  default int bandStep(List<TensorType> inputs, TensorType output) {
    boolean bands =
        IntStream.range(0, inputs.size())
            .anyMatch(i -> !rows(i, inputs, output).equals(RowWindow.ALL));
    return bands ? 1 : output.shape().h();
  }

  /** Device memory of the weights that its launches read with these tile sizes, in bytes, about. */
  default long weightBytes(Tuning tuning, TensorType output) {
    return 0;
  }

  /** Device memory needed while this operator runs and not after, in bytes. */
  default long scratchBytes(List<TensorType> inputs, TensorType output) {
    return 0;
  }
}
