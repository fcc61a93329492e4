package dev.loupe.graph;

import dev.loupe.op.LaunchRecorder;
import dev.loupe.op.Operator;
import dev.loupe.op.TensorType;
import dev.loupe.op.TensorView;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import java.util.List;

/**
 * An operator for tests of the planner alone: any inputs to a frame of given channels; it may
 * overwrite its first input, concatenate all of them, or ask for scratch memory.
 */
record Blend(Kind kind, int channels, long scratch) implements Operator {
  /** What it does with its inputs' memory. */
  enum Kind {
    FRESH,
    OVERWRITES,
    CONCATENATES
  }

  static Blend fresh(int channels) {
    return new Blend(Kind.FRESH, channels, 0);
  }

  static Blend overwriting() {
    return new Blend(Kind.OVERWRITES, 0, 0);
  }

  static Blend concatenating() {
    return new Blend(Kind.CONCATENATES, 0, 0);
  }

  @Override
  public String name() {
    return "blend";
  }

  @Override
  public TensorType output(List<TensorType> inputs) {
    TensorType first = inputs.get(0);
    Shape shape = first.shape();
    return switch (kind) {
      case FRESH -> first.withShape(shape.withChannels(channels));
      case OVERWRITES -> first;
      case CONCATENATES ->
          first.withShape(shape.withChannels(inputs.stream().mapToInt(t -> t.shape().c()).sum()));
    };
  }

  @Override
  public int overwrites() {
    return kind == Kind.OVERWRITES ? 0 : -1;
  }

  @Override
  public boolean concatenates() {
    return kind == Kind.CONCATENATES;
  }

  @Override
  public long scratchBytes(List<TensorType> inputs, TensorType output) {
    return scratch;
  }

  @Override
  public FloatTensor reference(List<FloatTensor> inputs) {
    throw new UnsupportedOperationException("blend is planned, never run");
  }

  @Override
  public void record(LaunchRecorder recorder, List<TensorView> inputs, TensorView output) {
    throw new UnsupportedOperationException("blend is planned, never run");
  }
}
