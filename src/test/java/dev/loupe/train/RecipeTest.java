package dev.loupe.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.loupe.graph.MemoryPlan;
import dev.loupe.guided.GuidedScheme;
import dev.loupe.guided.MaskPrediction;
import dev.loupe.network.Network;
import dev.loupe.network.Networks;
import dev.loupe.network.WeightSource;
import dev.loupe.tensor.Norm;
import dev.loupe.weights.NamedTensor;
import dev.loupe.weights.Weights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests of recipes and of the learning rate. */
class RecipeTest {
  private static final String RECIPE =
      """
      {"network": "fsrcnn", "scale": 3, "crop": 24,
       "phases": [{"variant": "all", "parts": ["refine"], "iterations": 7, "rate": 1e-3}]}
      """;

  @Test
  void aRecipeSaysWhatIsTrained() {
    Recipe recipe = Recipe.parse(RECIPE, "test");
    assertEquals("fsrcnn", recipe.model().network());
    assertEquals(new CropShape(16, 24, 3), recipe.crops());
    assertEquals(7, recipe.iterations());
    Phase phase = recipe.phases().get(0);
    assertTrue(phase.trains("refine.mid.0.weight"));
    assertTrue(!phase.trains("base.mid.0.weight"));
    assertEquals(List.of(1f, 10f, 0f), weights(phase));
  }

  private static List<Float> weights(Phase phase) {
    PhaseLoss loss = phase.loss();
    return List.of(loss.coarse(), loss.refined(), loss.mask());
  }

  @Test
  void aPhaseMaySquareErrorsAndBeginWithCopies() {
    String more = "\"loss\": \"l2\", \"copy\": {\"refine.last\": \"base.last\"}, \"parts\"";
    Phase phase = Recipe.parse(RECIPE.replace("\"parts\"", more), "test").phases().get(0);
    assertEquals(Norm.L2, phase.loss().norm());
    assertEquals(Map.of("refine.last", "base.last"), phase.copies().sources());
    assertThrows(
        IllegalArgumentException.class,
        () -> Recipe.parse(RECIPE.replace("\"parts\"", more.replace("l2", "l3")), "test"));
  }

  @Test
  void eachIterationBelongsToItsPhase() {
    String text =
        RECIPE.replace(
            "\"phases\": [",
            "\"phases\": [{\"variant\": \"mask\", \"parts\": [\"mp\"], \"iterations\": 5,"
                + " \"rate\": 1, \"recolour\": 0.5}, ");
    Recipe recipe = Recipe.parse(text, "test");
    assertEquals(0.5, recipe.phaseAt(0).colouring().recolour());
    assertEquals(0.5, recipe.phaseAt(4).colouring().recolour());
    assertEquals(0, recipe.phaseAt(5).colouring().recolour());
    assertEquals(
        0, recipe.phaseAt(12).colouring().recolour(), "the loader is ahead of the last iteration");
    assertThrows(
        IllegalArgumentException.class, () -> Recipe.parse(text.replace("0.5", "1.5"), "test"));
  }

  /** Table 4's E2E: one phase for all. */
  @Test
  void aPhaseMayTrainAllPartsTogether() {
    String together = "\"mask\", \"coarse\": 1, \"refined\": 10, \"parts\": [\"base\", \"mp\", ";
    String text = RECIPE.replace("\"all\", \"parts\": [", together);
    Phase phase = Recipe.parse(text, "test").phases().get(0);
    assertEquals(List.of(1f, 10f, 10f), weights(phase));
    Phase alone = Recipe.parse(RECIPE.replace("all", "mask"), "test").phases().get(0);
    assertEquals(List.of(0f, 0f, 10f), weights(alone));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"network\": \"fsrcnn\", | '' | network",
        "\"fsrcnn\" | \"pan-original\" | no Refine-Net",
        "\"scale\": 3 | \"scale\": 0 | scale 0",
        "\"crop\" | \"batch\": 0, \"crop\" | batch 0",
        "1e-3 | \"fast\" | rate",
        "1e-3 | -1 | -1",
        "1e-3 | 1e999 | rates must be finite",
        "\"all\" | \"all\", \"coarse\": 1e39 | coarse Infinity",
        "\"crop\" | \"batch\": 1000000, \"crop\" | batch 1000000 of crops of 24x24",
        "\"scale\" | \"p\": 134217728, \"scale\" | p 1 to 64",
        "\"crop\" | \"crops\" | 'crops' is not known; known are [scale",
        "\"iterations\" | \"iteration\" | 'iterations' is missing; unread are [iteration]",
        "[\"refine\"] | [\"tail\"] | tail",
        "[\"refine\"] | [] | parts",
        "\"iterations\": 7 | \"iterations\": 0 | iterations",
        "\"crop\" | \"candidates\": 0, \"crop\" | candidates",
        "\"crop\" | \"sizes\": [1, 1.5], \"crop\" | 1.5",
        "\"crop\" | \"sizes\": [\"half\"], \"crop\" | half",
        "\"all\" | \"most\" | most",
        "\"all\" | \"all\", \"mask\": 1 | variant all",
        "\"all\" | \"base\", \"refined\": 1 | variant base",
        "\"phases\" | phases | JSON",
        "\"crop\": 24 | \"crop\": 26 | 'crop' is 26",
        "\"rate\" | \"warmup\": 7, \"rate\" | 'warmup' is 7",
        "\"rate\" | \"warmup\": 4, \"periods\": 2, \"rate\" | 'warmup' is 4",
        "}]} | }]} {} | closing brace (line 2)",
        "\"iterations\": 7 | \"iterations\": 99999999999 | at most 2147483647"
      })
  void whatIsWrongIsNamed(String old, String changed, String named) {
    String text = RECIPE.replace(old, changed);
    String message =
        assertThrows(IllegalArgumentException.class, () -> Recipe.parse(text, "test")).getMessage();
    assertTrue(message.startsWith("test: ") && message.contains(named), message);
  }

  @Test
  void aStartIsABundledModelOrAFileBesideTheRecipe(@TempDir Path folder) throws IOException {
    for (String start : List.of("fsrcnn-x4", "runs/x4.safetensors")) {
      Path file = folder.resolve("recipe.json");
      Files.writeString(file, RECIPE.replace("{\"net", "{\"start\": \"" + start + "\", \"net"));
      String expected = start.contains("/") ? folder.resolve(start).toString() : start;
      assertEquals(Optional.of(expected), Recipe.read(file).start());
    }
  }

  @Test
  void aPhaseMayTrainAPieceOfAPart() {
    Recipe recipe = Recipe.parse(RECIPE.replace("\"refine\"", "\"base.last\", \"mp\""), "test");
    Phase phase = recipe.phases().get(0);
    assertTrue(phase.trains("base.last.2.bias") && phase.trains("mp.c1.weight"));
    assertTrue(!phase.trains("base.lasting") && !phase.trains("base.mid.0.weight"));
    phase.requireParts(
        FirstWeights.of(Networks.of(recipe.model()), MaskPrediction.TWO_CLASSES, 1).tensors());
    Phase wrong =
        Recipe.parse(RECIPE.replace("\"refine\"", "\"base.tail\""), "test").phases().get(0);
    assertThrows(
        IllegalArgumentException.class,
        () ->
            wrong.requireParts(
                FirstWeights.of(Networks.of(recipe.model()), MaskPrediction.TWO_CLASSES, 1)
                    .tensors()));
  }

  static List<Path> recipes() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("weights/recipes"))) {
      return files.sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("recipes")
  void everyRecipeOfTheProjectCanBeTrained(Path file) {
    Recipe recipe = Recipe.read(file);
    Network network = Networks.of(recipe.model());
    assertEquals(network.name() + "-x" + network.scale() + ".json", file.getFileName().toString());
    Collection<NamedTensor> tensors =
        FirstWeights.of(network, MaskPrediction.TWO_CLASSES, recipe.seed()).tensors();
    Weights weights = Weights.of("first weights", recipe.model(), tensors);
    int p = recipe.model().p();
    for (Phase phase : recipe.phases()) {
      phase.requireParts(tensors);
      TrainingGraph training =
          TrainingGraph.of(
              new GuidedScheme(network, WeightSource.of(weights), p, 1, 1, recipe.prediction()),
              phase,
              recipe.crops(),
              false);
      assertTrue(training.gradients().keySet().stream().allMatch(phase::trains));
    }
  }

  /** RCAN x4's first phase took 1.2 GB instead of 6.4. */
  @Test
  void whatIsComputedTwiceTakesNoMemory() {
    Recipe recipe = Recipe.read(Path.of("weights/recipes/rcan-x4.json"));
    Network network = Networks.of(recipe.model());
    FirstWeights first = FirstWeights.of(network, recipe.prediction(), recipe.seed());
    Weights weights = Weights.of("first weights", recipe.model(), first.tensors());
    GuidedScheme scheme = new GuidedScheme(network, WeightSource.of(weights), 4, 1, 1);
    Phase full = recipe.phases().get(0);
    long kept = bytes(TrainingGraph.of(scheme, full, recipe.crops(), false));
    long again = bytes(TrainingGraph.of(scheme, full, recipe.crops(), true));
    assertTrue(4 * again < kept, again + " of " + kept);
  }

  private static long bytes(TrainingGraph training) {
    return new MemoryPlan(training.graph(), Long.MAX_VALUE).bytes();
  }

  /** nets.py: lr_at(it, 4e-4, (2e5, 4e5, 6e5)). */
  @Test
  void theLearningRateIsThatOfTheReleasedCode() {
    LearningRate rate = new LearningRate(4e-4, 2000, 3, 1e-7);
    double[][] expected = {
      {0, 4.009e-05},
      {2000, 4e-4},
      {101000, 2.0005e-4},
      {199999, 1e-7},
      {200000, 1e-7},
      {200001, 4.0269955e-05},
      {202000, 4e-4}
    };
    for (double[] pair : expected) {
      assertEquals(pair[1], rate.at((int) pair[0], 600_000), 1e-6 * pair[1] + 1e-12);
    }
  }

  @Test
  void numbersOutOfRangeAreRefused() {
    for (String wrong : List.of("\"crop\": 24.5", "\"crop\": 24, \"decay\": 1")) {
      String text = RECIPE.replace("\"crop\": 24", wrong);
      assertThrows(IllegalArgumentException.class, () -> Recipe.parse(text, "test"), wrong);
    }
  }
}
