package dev.loupe.bench;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.loupe.onnx.OnnxModel;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Map;

/**
 * A model in ONNX Runtime's CPU engine with all its optimisations, from a tensor in native memory
 * to a tensor in native memory.
 */
final class OrtModel implements AutoCloseable {
  private static final OrtEnvironment ENVIRONMENT = OrtEnvironment.getEnvironment();

  private final OrtSession session;
  private OnnxTensor input;
  private OnnxTensor output;

  /** Loads {@code model} for {@code threads} threads. */
  OrtModel(OnnxModel model, int threads) throws OrtException {
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
      options.setIntraOpNumThreads(threads);
      options.setInterOpNumThreads(1);
      // Idle threads spin between runs otherwise, and slow down whoever runs next.
      options.addConfigEntry("session.force_spinning_stop", "1");
      session = ENVIRONMENT.createSession(model.toByteArray(), options);
    }
  }

  /** Sets the input and the shape of the output. */
  void bind(FloatTensor in, Shape out) throws OrtException {
    unbind();
    FloatBuffer source = buffer(in.shape()).put(in.data()).flip();
    input = OnnxTensor.createTensor(ENVIRONMENT, source, dims(in.shape()));
    output = OnnxTensor.createTensor(ENVIRONMENT, buffer(out), dims(out));
  }

  private static FloatBuffer buffer(Shape shape) {
    return ByteBuffer.allocateDirect(Math.toIntExact(shape.elements() * Float.BYTES))
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer();
  }

  private static long[] dims(Shape s) {
    return new long[] {s.n(), s.c(), s.h(), s.w()};
  }

  /** Runs once. */
  void run() throws OrtException {
    session.run(Map.of("input", input), Map.of("output", output)).close();
  }

  /** The result of the last run. */
  float[] result() {
    FloatBuffer values = output.getFloatBuffer();
    float[] result = new float[values.remaining()];
    values.get(result);
    return result;
  }

  private void unbind() {
    if (input != null) {
      input.close();
      output.close();
    }
  }

  @Override
  public void close() throws OrtException {
    unbind();
    session.close();
  }
}
