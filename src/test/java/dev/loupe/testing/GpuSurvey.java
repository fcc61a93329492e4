package dev.loupe.testing;

import dev.loupe.complexity.CountedWeights;
import dev.loupe.graph.DeviceGraph;
import dev.loupe.graph.Graph;
import dev.loupe.graph.Node;
import dev.loupe.graph.Value;
import dev.loupe.guided.FrameSpec;
import dev.loupe.guided.GuidedScheme;
import dev.loupe.guided.PatchCount;
import dev.loupe.kernel.KernelLibrary;
import dev.loupe.kernel.SpecialisedFile;
import dev.loupe.kernel.Tuning;
import dev.loupe.network.Network;
import dev.loupe.network.Networks;
import dev.loupe.op.LaunchRecorder;
import dev.loupe.op.Precision;
import dev.loupe.op.TensorView;
import dev.loupe.opencl.CommandQueue;
import dev.loupe.opencl.Context;
import dev.loupe.opencl.DeviceBuffer;
import dev.loupe.opencl.NullBinding;
import dev.loupe.opencl.OpenCl;
import dev.loupe.opencl.ProgramCache;
import dev.loupe.train.TrainingSteps;
import dev.loupe.weights.ModelMetadata;
import dev.loupe.weights.Variant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The configurations of some kernels that the five networks have at x2, x3 and x4 on GPUs of a
 * class, found by recording them on a device that is not there.
 */
final class GpuSurvey {
  /** One way to run a network. */
  private interface Recording {
    void record(Network network, KernelLibrary library, CommandQueue queue);
  }

  private final Tuning tuning;
  private final Set<GpuKernel> kernels;
  private final Map<String, GpuConfiguration> byText = new TreeMap<>();

  private GpuSurvey(String deviceClass, Set<GpuKernel> kernels) {
    tuning = Tuning.forClass(deviceClass);
    this.kernels = kernels;
  }

  /** Those of frames and their patches, in every precision. */
  static Stream<GpuConfiguration> frames(String deviceClass, GpuKernel... kernels) {
    return new GpuSurvey(deviceClass, Set.of(kernels)).all(GpuSurvey::recordFrame);
  }

  /** Those of training. */
  static Stream<GpuConfiguration> training(String deviceClass, GpuKernel... kernels) {
    return new GpuSurvey(deviceClass, Set.of(kernels)).all(GpuSurvey::recordTraining);
  }

  private Stream<GpuConfiguration> all(Recording recording) {
    try (Context context =
            Context.create(OpenCl.of(new NullBinding()).select(null), ProgramCache.none());
        CommandQueue queue = context.queue()) {
      for (String name : Networks.published()) {
        for (int scale = 2; scale <= 4; scale++) {
          try (KernelLibrary library = new KernelLibrary(context, tuning)) {
            recording.record(Networks.of(ModelMetadata.of(name, scale)), library, queue);
            library.files().forEach(file -> add(file, name));
          }
        }
      }
    }
    return byText.values().stream();
  }

  private void add(SpecialisedFile file, String network) {
    for (GpuKernel kernel : kernels) {
      if (kernel.isOf(file)) {
        GpuConfiguration found = GpuConfiguration.of(kernel, file);
        byText.computeIfAbsent(found.text(), text -> found).networks().add(network);
      }
    }
  }

  private static void recordFrame(Network network, KernelLibrary library, CommandQueue queue) {
    GuidedScheme scheme =
        new GuidedScheme(network, new CountedWeights(), ModelMetadata.DEFAULT_P, 1, 4096);
    FrameSpec spec = FrameSpec.floats(480, 270, Variant.MASK, PatchCount.of(1000));
    for (Precision precision : Precision.values()) {
      new DeviceGraph(scheme.build(spec.withPrecision(precision)).graph(), library, queue).close();
    }
  }

  private static void recordTraining(Network network, KernelLibrary library, CommandQueue queue) {
    for (Graph graph : TrainingSteps.of(network)) {
      try (LaunchRecorder recorder =
              LaunchRecorder.ofPrograms(library, queue, new NoParameters(), Precision.FP32);
          DeviceBuffer memory = library.context().allocate(1L << 30)) {
        graph.nodes().forEach(node -> record(node, recorder, memory));
      }
    }
  }

  /** Where its tensors lie does not matter. */
  private static void record(Node node, LaunchRecorder recorder, DeviceBuffer memory) {
    recorder.begin(node.stage(), node.operator().name(), memory, 0);
    List<TensorView> inputs = node.inputs().stream().map(value -> view(value, memory)).toList();
    node.operator().record(recorder, inputs, view(node.output(), memory));
  }

  private static TensorView view(Value value, DeviceBuffer memory) {
    return new TensorView(memory, 0, value.type());
  }
}
