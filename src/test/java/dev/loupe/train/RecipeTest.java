package dev.loupe.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.loupe.network.Networks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
    assertEquals(List.of(1f, 10f), List.of(phase.coarseWeight(), phase.refinedWeight()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"network\": \"fsrcnn\", | '' | network",
        "1e-3 | \"fast\" | rate",
        "1e-3 | -1 | -1",
        "\"crop\" | \"crops\" | crops",
        "[\"refine\"] | [\"tail\"] | tail",
        "[\"refine\"] | [] | parts",
        "\"iterations\": 7 | \"iterations\": 0 | iterations",
        "\"all\" | \"most\" | most",
        "\"phases\" | phases | JSON"
      })
  void whatIsWrongIsNamed(String old, String changed, String named) {
    String text = RECIPE.replace(old, changed);
    String message =
        assertThrows(IllegalArgumentException.class, () -> Recipe.parse(text, "test")).getMessage();
    assertTrue(message.contains(named), message);
  }

  @Test
  void everyRecipeOfTheProjectCanBeRead() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("weights/recipes"))) {
      List<Path> recipes = files.toList();
      assertTrue(!recipes.isEmpty());
      for (Path file : recipes) {
        Recipe recipe = Recipe.read(file);
        String name = Networks.of(recipe.model()).name() + "-x" + recipe.model().scale() + ".json";
        assertEquals(name, file.getFileName().toString());
      }
    }
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
}
