package dev.loupe.train;

import dev.loupe.graph.ReferenceGraph;
import dev.loupe.graph.Value;
import dev.loupe.guided.GuidedScheme;
import dev.loupe.guided.MaskPrediction;
import dev.loupe.kernel.KernelLibrary;
import dev.loupe.network.Network;
import dev.loupe.network.Networks;
import dev.loupe.network.WeightSource;
import dev.loupe.opencl.CommandQueue;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Norm;
import dev.loupe.tensor.Shape;
import dev.loupe.train.TrainedParameters.State;
import dev.loupe.weights.ModelMetadata;
import dev.loupe.weights.NamedTensor;
import dev.loupe.weights.SafeTensors;
import dev.loupe.weights.Variant;
import dev.loupe.weights.Weights;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A short training run that PyTorch has made (src/test/resources/training/make.py). */
public record GoldenTraining(SafeTensors file, Weights weights, Network network, Variant variant) {
  private static final int P = 4;

  /** The case of this name. */
  public static GoldenTraining load(String name) {
    String resource = "/training/training-" + name + ".safetensors";
    SafeTensors file =
        SafeTensors.read(GoldenTraining.class.getResourceAsStream(resource), resource);
    ModelMetadata model = ModelMetadata.parse(file.metadata(), resource);
    boolean whole = file.names().stream().anyMatch(tensor -> tensor.startsWith("weights."));
    Weights weights = whole ? Weights.of(file, "weights.") : byFormula(model);
    Variant variant = Variant.of(file.metadata().get("variant"));
    return new GoldenTraining(file, weights, Networks.of(model), variant);
  }

  /** The weights of make.py's by_formula. */
  private static Weights byFormula(ModelMetadata model) {
    List<NamedTensor> tensors = new ArrayList<>();
    for (NamedTensor like :
        FirstWeights.of(Networks.of(model), MaskPrediction.TWO_CLASSES, 1).tensors()) {
      int[] dims = like.dims();
      float[] data = new float[like.data().length];
      boolean slopes = dims.length < 4 && like.name().endsWith(".weight");
      for (int i = 0; i < data.length; i++) {
        double ramp = (i * 37L + 11 + 13L * tensors.size()) % 101 / 50.0 - 1;
        double value =
            dims.length == 4 ? ramp / Math.sqrt(data.length / (double) dims[0]) : 0.1 * ramp;
        data[i] = (float) (slopes ? 0.25 + value : value);
      }
      tensors.add(new NamedTensor(like.name(), dims, data));
    }
    return Weights.of("by formula", model, tensors);
  }

  double rate() {
    return Double.parseDouble(file.metadata().get("rate"));
  }

  /** The losses that PyTorch had before each step. */
  public float[] losses() {
    return file.tensor("losses").data();
  }

  CropShape crops() {
    Shape low = file.tensor("lowRes").tensor().shape();
    return new CropShape(low.n(), low.h(), network.scale());
  }

  Phase phase() {
    boolean mask = variant == Variant.MASK;
    LearningRate rate = new LearningRate(rate(), 0, 1, 0);
    List<String> parts = mask ? List.of("mp") : List.of("base", "refine");
    float refined = variant == Variant.FULL ? 1 : 10;
    PhaseLoss loss = new PhaseLoss(Norm.L1, mask ? 0 : 1, mask ? 0 : refined, mask ? 10 : 0);
    return new Phase(variant, parts, losses().length, rate, loss, PartCopies.NONE, Colouring.NONE);
  }

  TrainingGraph graph() {
    return graph(false);
  }

  TrainingGraph graph(boolean recompute) {
    GuidedScheme scheme = new GuidedScheme(network, WeightSource.of(weights), P, 1, 1);
    return TrainingGraph.of(scheme, phase(), crops(), recompute);
  }

  /** Every value of {@code training} on the golden crops, in Java. */
  Map<Value, FloatTensor> run(TrainingGraph training) {
    Map<Value, FloatTensor> inputs =
        Map.of(
            training.lowRes(), samples("lowRes"),
            training.highRes(), samples("highRes"));
    return new ReferenceGraph(training.graph()).run(inputs, node -> {});
  }

  /** The losses before each of {@code steps} steps, on the device. */
  public List<Double> train(KernelLibrary library, CommandQueue queue, int steps) {
    List<Double> found = new ArrayList<>();
    try (TrainedParameters parameters =
        new TrainedParameters(library.context(), queue, weights.tensors())) {
      parameters.write(State.WEIGHTS, weights.tensors());
      parameters.clear(State.FIRST);
      parameters.clear(State.SECOND);
      parameters.copy(State.WEIGHTS, State.AVERAGE);
      try (Iteration iteration = new Iteration(graph(), library, queue, parameters)) {
        Batch batch = batch();
        for (int t = 1; t <= steps; t++) {
          found.add((double) iteration.forwardBackward(batch));
          iteration.step(t, rate(), 0);
        }
      }
    }
    return found;
  }

  /** Samples as a crops tensor of the reference, (1, N, C * H, W). */
  FloatTensor samples(String name) {
    FloatTensor crops = file.tensor(name).tensor();
    Shape s = crops.shape();
    return new FloatTensor(new Shape(1, s.n(), s.c() * s.h(), s.w()), crops.data());
  }

  Batch batch() {
    Batch batch = Batch.allocate(crops());
    fill(file.tensor("lowRes").tensor(), batch.lowRes());
    fill(file.tensor("highRes").tensor(), batch.highRes());
    return batch;
  }

  private static void fill(FloatTensor crops, ByteBuffer samples) {
    Shape s = crops.shape();
    int elements = s.c() * s.h() * s.w();
    for (int n = 0; n < s.n(); n++) {
      for (int i = 0; i < elements; i++) {
        samples.put(i * s.n() + n, (byte) (int) crops.data()[n * elements + i]);
      }
    }
  }
}
