package dev.loupe.guided;

import dev.loupe.graph.Node;
import dev.loupe.graph.ReferenceGraph;
import dev.loupe.graph.Value;
import dev.loupe.image.RowSink;
import dev.loupe.image.RowSource;
import dev.loupe.op.Indices;
import dev.loupe.op.Layout;
import dev.loupe.op.TensorType;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Map;
import java.util.Optional;

/**
 * The frame runner in plain Java: slow, needs no OpenCL, and is what every device is held against.
 */
public final class ReferenceFrameRunner implements FrameRunner {
  private final FrameGraph frame;
  private final ReferenceGraph graph;
  private final StageTimes times = new StageTimes();
  private Map<Value, FloatTensor> results = Map.of();
  private long nodeStart;
  private String stage;
  private int nodesRun;

  /** A runner of {@code frame}. */
  public ReferenceFrameRunner(FrameGraph frame) {
    this.frame = frame;
    graph = new ReferenceGraph(frame.graph());
  }

  @Override
  public FrameGraph frame() {
    return frame;
  }

  @Override
  public void run(Buffer input, Buffer output, Progress progress) {
    frame.requireRoom(input, output);
    times.clear();
    nodesRun = 0;
    stage = "upload";
    nodeStart = System.nanoTime();
    FloatTensor in = read(frame.input().type(), input);
    try {
      results = graph.run(Map.of(frame.input(), in), node -> step(node, progress));
    } catch (ArithmeticException e) {
      throw NotFiniteException.inJava(e);
    }
    FloatTensor picture = results.get(frame.output());
    for (float value : picture.data()) {
      if (!Float.isFinite(value)) {
        throw NotFiniteException.inJava(null);
      }
    }
    write(frame.output().type(), picture, output);
    lap("download");
  }

  /** Holds both pictures whole: their floats take four times the memory and more. */
  @Override
  public void run(RowSource input, RowSink output, Progress progress) {
    frame.requirePixels();
    ByteBuffer in = whole(frame.input().type());
    ByteBuffer out = whole(frame.output().type());
    long start = System.nanoTime();
    input.get(in);
    long fetched = System.nanoTime() - start;
    run(in.flip(), out, progress);
    times.add("upload", fetched);
    start = System.nanoTime();
    output.put(out);
    times.add("download", System.nanoTime() - start);
  }

  private static ByteBuffer whole(TensorType type) {
    if (type.bytes() > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "plain Java holds a picture whole, and %s pass 2 GiB; choose an OpenCL device"
              .formatted(type.shape()));
    }
    return ByteBuffer.allocateDirect((int) type.bytes()).order(ByteOrder.nativeOrder());
  }

  private void step(Node node, Progress progress) {
    lap(node.stage());
    progress.at((double) nodesRun++ / frame.graph().nodes().size());
  }

  private void lap(String next) {
    long now = System.nanoTime();
    times.add(stage, now - nodeStart);
    nodeStart = now;
    stage = next;
  }

  private static FloatTensor read(TensorType type, Buffer buffer) {
    Shape s = type.shape();
    FloatTensor tensor = FloatTensor.zeros(s);
    if (type.layout() == Layout.FRAME) {
      ((FloatBuffer) buffer).duplicate().get(tensor.data());
      return tensor;
    }
    ByteBuffer bytes = (ByteBuffer) buffer;
    for (int i = 0; i < tensor.data().length; i++) {
      int at = (int) (i % s.plane()) * s.c() + (int) (i / s.plane());
      tensor.data()[i] =
          type.layout() == Layout.PIXELS16
              ? Short.toUnsignedInt(bytes.getShort(bytes.position() + 2 * at)) / 257f
              : Byte.toUnsignedInt(bytes.get(bytes.position() + at));
    }
    return tensor;
  }

  private static void write(TensorType type, FloatTensor tensor, Buffer buffer) {
    Shape s = type.shape();
    if (type.layout() == Layout.FRAME) {
      ((FloatBuffer) buffer).duplicate().put(tensor.data());
      return;
    }
    ByteBuffer bytes = (ByteBuffer) buffer;
    for (int i = 0; i < tensor.data().length; i++) {
      int at = (int) (i % s.plane()) * s.c() + (int) (i / s.plane());
      int value = (int) tensor.data()[i];
      if (type.layout() == Layout.PIXELS16) {
        bytes.putShort(bytes.position() + 2 * at, (short) value);
      } else {
        bytes.put(bytes.position() + at, (byte) value);
      }
    }
  }

  @Override
  public Optional<float[]> mask() {
    return frame.mask().map(results::get).map(FloatTensor::data);
  }

  @Override
  public Optional<float[]> feature() {
    return frame.feature().map(results::get).map(FloatTensor::data);
  }

  @Override
  public int[] selected() {
    return frame.selected().map(results::get).map(Indices::fromTensor).orElseGet(() -> new int[0]);
  }

  @Override
  public StageTimes times() {
    return times;
  }

  @Override
  public MemoryUse memory() {
    return new MemoryUse(0, 0, "whole");
  }

  @Override
  public void close() {
    results = Map.of();
  }
}
