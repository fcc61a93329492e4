package dev.loupe.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.loupe.graph.DeviceGraph;
import dev.loupe.guided.GuidedScheme;
import dev.loupe.guided.MaskPrediction;
import dev.loupe.kernel.KernelLibrary;
import dev.loupe.network.Network;
import dev.loupe.network.Rcan;
import dev.loupe.network.WeightSource;
import dev.loupe.opencl.CommandQueue;
import dev.loupe.opencl.Context;
import dev.loupe.opencl.OpenCl;
import dev.loupe.opencl.ProgramCache;
import dev.loupe.testing.SharedContext;
import dev.loupe.weights.NamedTensor;
import dev.loupe.weights.Weights;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The forecast of training's programs, those that pack weights anew at every step among them. */
@Tag("device")
class TrainingForecastTest {
  private static final String RECIPE =
      """
      {"network": "rcan", "scale": 2, "crop": 12, "batch": 2,
       "phases": [{"variant": "mask", "parts": ["mp"], "iterations": 1, "rate": 1e-3}]}
      """;

  @Test
  void everyProgramOfAPhaseIsCompiledAhead(@TempDir Path directory) {
    SharedContext.get("lwjgl"); // skips without a device
    Recipe recipe = Recipe.parse(RECIPE, "test");
    Network network = new Rcan(2, 1, 1, 1, 1);
    FirstWeights first = FirstWeights.of(network, MaskPrediction.TWO_CLASSES, 1);
    List<NamedTensor> tensors = List.copyOf(first.tensors());
    GuidedScheme scheme =
        new GuidedScheme(
            network,
            WeightSource.of(Weights.of("first", recipe.model(), tensors)),
            recipe.model().p(),
            recipe.model().valueRange(),
            recipe.crops().batch(),
            MaskPrediction.TWO_CLASSES);
    TrainingGraph training =
        TrainingGraph.of(scheme, recipe.phases().get(0), recipe.crops(), false);
    List<String> heard = new ArrayList<>();
    try (Context context =
            Context.create(OpenCl.load("lwjgl").select(null), ProgramCache.in(directory));
        KernelLibrary library = new KernelLibrary(context);
        CommandQueue queue = context.queue();
        TrainedParameters parameters = new TrainedParameters(context, queue, tensors)) {
      library.listen((done, all) -> heard.add(done + " of " + all));
      new DeviceGraph(Iteration.plan(training, library), library, queue, parameters).close();
      int programs = library.size();
      assertEquals(programs + " of " + programs, heard.get(heard.size() - 1));
    }
  }
}
