package dev.loupe.train;

import dev.loupe.op.ParameterMemory;
import dev.loupe.opencl.CommandQueue;
import dev.loupe.opencl.Context;
import dev.loupe.opencl.DeviceBuffer;
import dev.loupe.weights.NamedTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The weights in training and what Adam keeps of each, on the device: four buffers of the same
 * order, one parameter behind another.
 */
final class TrainedParameters implements ParameterMemory, AutoCloseable {
  /** The arrays kept for every parameter; the names stand in checkpoints. */
  enum State {
    /** The weights. */
    WEIGHTS,
    /** Running mean of the gradient. */
    FIRST,
    /** Running mean of its square. */
    SECOND,
    /** Running average of the weights. */
    AVERAGE
  }

  /** Where a parameter lies, and the tensor it was made for. */
  private record Place(long offset, NamedTensor like) {}

  private final CommandQueue queue;
  private final Map<String, Place> places = new LinkedHashMap<>();
  private final Map<State, DeviceBuffer> buffers = new EnumMap<>(State.class);
  private final ByteBuffer staging;

  /** Memory for {@code tensors}, its contents undefined. */
  TrainedParameters(Context context, CommandQueue queue, Collection<NamedTensor> tensors) {
    this.queue = queue;
    long floats = 0;
    for (NamedTensor tensor : tensors) {
      places.put(tensor.name(), new Place(floats, tensor));
      floats += tensor.data().length;
    }
    int bytes = Math.toIntExact(Float.BYTES * floats);
    staging = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    try {
      for (State state : State.values()) {
        buffers.put(state, context.allocate(bytes));
      }
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  @Override
  public boolean holds(String name) {
    return places.containsKey(name);
  }

  /** Number of parameters, tensors that is. */
  int count() {
    return places.size();
  }

  @Override
  public long offset(String name) {
    return places.get(name).offset();
  }

  @Override
  public DeviceBuffer buffer() {
    return buffer(State.WEIGHTS);
  }

  DeviceBuffer buffer(State state) {
    return buffers.get(state);
  }

  /**
   * Writes one array of every parameter.
   *
   * @throws IllegalArgumentException if {@code tensors} are not those of the network
   */
  void write(State state, Collection<NamedTensor> tensors) {
    long fitting = tensors.stream().filter(this::fits).count();
    if (fitting != places.size() || fitting != tensors.size()) {
      throw new IllegalArgumentException(
          "%d of %d tensors fit the network's %d; they are of another network"
              .formatted(fitting, tensors.size(), places.size()));
    }
    for (NamedTensor tensor : tensors) {
      Place place = places.get(tensor.name());
      staging.clear().position(Math.toIntExact(Float.BYTES * place.offset()));
      staging.slice().order(ByteOrder.nativeOrder()).asFloatBuffer().put(tensor.data());
    }
    queue.write(buffer(state), 0, staging.clear());
  }

  private boolean fits(NamedTensor tensor) {
    Place place = places.get(tensor.name());
    return place != null && Arrays.equals(place.like().dims(), tensor.dims());
  }

  /** Sets one array of every parameter to zero. */
  void clear(State state) {
    queue.fill(buffer(state), 0, staging.capacity(), 0);
  }

  /** Copies one array of every parameter to another. */
  void copy(State from, State to) {
    queue.copy(buffer(from), 0, buffer(to), 0, staging.capacity());
  }

  /** One array of every parameter. */
  List<NamedTensor> read(State state) {
    queue.read(buffer(state), 0, staging.clear());
    List<NamedTensor> tensors = new ArrayList<>();
    places.forEach(
        (name, place) -> {
          float[] data = new float[place.like().data().length];
          staging.clear().position(Math.toIntExact(Float.BYTES * place.offset()));
          staging.slice().order(ByteOrder.nativeOrder()).asFloatBuffer().get(data);
          tensors.add(new NamedTensor(name, place.like().dims(), data));
        });
    return tensors;
  }

  @Override
  public void close() {
    buffers.values().forEach(DeviceBuffer::close);
    buffers.clear();
  }
}
