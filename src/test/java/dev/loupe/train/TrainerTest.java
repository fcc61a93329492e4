package dev.loupe.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.loupe.Engine;
import dev.loupe.Model;
import dev.loupe.image.Image;
import dev.loupe.image.ImageWriter;
import dev.loupe.image.WriteOptions;
import dev.loupe.testing.SharedContext;
import dev.loupe.weights.Dtype;
import dev.loupe.weights.ModelFiles;
import dev.loupe.weights.NamedTensor;
import dev.loupe.weights.Variant;
import dev.loupe.weights.WeightsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests of training runs: repeatable, resumable, and robust against bad data. */
@Tag("device")
class TrainerTest {
  private static final String RECIPE =
      """
      {"network": "fsrcnn", "scale": 2, "crop": 12, "batch": 3, "seed": 5, "decay": 0.9,
       "config": {"base": {"d": 8, "s": 4, "m": 1}},
       "phases": [
         {"variant": "full", "parts": ["base", "refine"], "iterations": 6, "rate": %s, "warmup": 2},
         {"variant": "mask", "parts": ["mp"], "iterations": 3, "rate": 1e-3}
       ]}
      """;

  @TempDir private Path folder;

  private Path data;
  private final List<String> warnings = new ArrayList<>();

  @BeforeEach
  void makePictures() throws IOException {
    SharedContext.get("lwjgl"); // skips where there is no device
    data = Files.createDirectories(folder.resolve("data/inside"));
    for (int i = 0; i < 3; i++) {
      Image picture = Image.allocate(40 + 7 * i, 50, 3, 8);
      for (int at = 0; at < picture.samples().capacity(); at++) {
        picture.samples().put(at, (byte) (at * (i + 3) / 7));
      }
      ImageWriter.write(picture, data.resolve("p" + i + ".png"), WriteOptions.DEFAULT);
    }
  }

  private Trainer trainer(Engine engine, String rate) {
    Recipe recipe = Recipe.parse(RECIPE.formatted(rate), "test");
    return new Trainer(recipe, engine, List.of(folder.resolve("data")), warnings::add);
  }

  private byte[] train(int stopAt, Path resumeFrom, Path saveTo) throws IOException {
    try (Engine engine = Engine.open(null, null);
        Trainer trainer = trainer(engine, "1e-3")) {
      if (resumeFrom != null) {
        trainer.resume(resumeFrom);
      }
      trainer.run((iteration, loss, rate) -> iteration < stopAt);
      Path model = folder.resolve("model.safetensors");
      trainer.save(saveTo);
      byte[] state = withoutSeconds(saveTo, model, trainer);
      assertEquals(stopAt, trainer.iterationsDone());
      return state;
    }
  }

  private static byte[] withoutSeconds(Path checkpoint, Path copy, Trainer trainer)
      throws IOException {
    Checkpoint read = Checkpoint.read(checkpoint);
    assertEquals(
        trainer.iterationsDone() >= 6 ? (trainer.iterationsDone() == 9 ? 2 : 1) : 0, read.phase());
    new Checkpoint("", "", read.phase(), read.iteration(), 0, read.tensors()).write(copy);
    return Files.readAllBytes(copy);
  }

  @Test
  void aResumedRunIsTheUnbrokenOneBitForBit() throws IOException {
    Path checkpoint = folder.resolve("checkpoint");
    byte[] unbroken = train(9, null, folder.resolve("unbroken"));
    assertArrayEquals(unbroken, train(9, null, folder.resolve("again")), "repeated");
    for (int stop : new int[] {1, 4, 6, 7}) {
      train(stop, null, checkpoint);
      byte[] resumed = train(9, checkpoint, folder.resolve("resumed"));
      assertArrayEquals(unbroken, resumed, "stopped after iteration " + stop);
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 500", "-1, 0", "9, 0", "1, -3", "2, 1"})
  void aPlaceThatTheRecipeHasNotIsRefused(int phase, int iteration) throws IOException {
    Path checkpoint = folder.resolve("checkpoint");
    train(1, null, checkpoint);
    Checkpoint read = Checkpoint.read(checkpoint);
    new Checkpoint(read.recipe(), read.pictures(), phase, iteration, 0, read.tensors())
        .write(checkpoint);
    try (Engine engine = Engine.open(null, null);
        Trainer trainer = trainer(engine, "1e-3")) {
      String said =
          assertThrows(WeightsException.class, () -> trainer.resume(checkpoint)).getMessage();
      assertTrue(said.contains("iteration " + iteration + " of phase " + phase), said);
    }
  }

  @Test
  void otherPicturesThanBeforeAreToldOf() throws IOException {
    Path checkpoint = folder.resolve("checkpoint");
    train(1, null, checkpoint);
    train(2, checkpoint, folder.resolve("same"));
    assertEquals(List.of(), warnings);
    Files.copy(data.resolve("p0.png"), data.resolve("p3.png"));
    train(2, checkpoint, folder.resolve("other"));
    assertEquals(1, warnings.size(), warnings::toString);
    assertTrue(warnings.get(0).contains("the pictures are others than before"), warnings.get(0));
  }

  @Test
  void theNotesOfAModelAreTheSameInEveryCountry() {
    Locale own = Locale.getDefault();
    Locale.setDefault(Locale.GERMANY);
    try (Engine engine = Engine.open(null, null);
        Trainer trainer = trainer(engine, "1e-3")) {
      Map<String, String> notes = trainer.model(Map.of("base", 30.5)).metadata().notes();
      assertEquals("PSNR on Y in dB: base 30.500", notes.get("validation"));
    } finally {
      Locale.setDefault(own);
    }
  }

  @Test
  void trainingMakesTheLossSmallerAndAModel() {
    try (Engine engine = Engine.open(null, null);
        Trainer trainer = trainer(engine, "3e-3")) {
      List<Double> losses = new ArrayList<>();
      assertEquals(List.of(Variant.BASE, Variant.FULL, Variant.ALL), trainer.model().variants());
      assertTrue(trainer.run((iteration, loss, rate) -> losses.add(loss)));
      assertEquals(9, losses.size());
      assertTrue(losses.get(5) < losses.get(0), losses::toString);
      assertTrue(trainer.model().variants().contains(Variant.MASK));
    }
  }

  @Test
  void aModelHasNoPartWhosePhaseHasNotBegun() {
    try (Engine engine = Engine.open(null, null);
        Trainer trainer = trainer(engine, "1e-3")) {
      trainer.run((iteration, loss, rate) -> iteration < 6);
      assertEquals(List.of(Variant.BASE, Variant.FULL, Variant.ALL), trainer.model().variants());
      trainer.run((iteration, loss, rate) -> iteration < 7);
      assertTrue(trainer.model().variants().contains(Variant.MASK));
    }
  }

  @Test
  void baseNetMayBeTrainedAlone() {
    String text = RECIPE.formatted("1e-3").replaceAll(",\\s*\\{\"variant\": \"mask\".*", "");
    Recipe recipe =
        Recipe.parse(
            text.replace("full", "base").replace("[\"base\", \"refine\"]", "[\"base\"]"), "test");
    try (Engine engine = Engine.open(null, null);
        Trainer trainer =
            new Trainer(recipe, engine, List.of(folder.resolve("data")), warnings::add)) {
      assertTrue(trainer.run((iteration, loss, rate) -> true));
      assertEquals(List.of(Variant.BASE), trainer.model().variants());
    }
  }

  /** Table 3's 1C; the model's self-check holds the device against plain Java. */
  @Test
  void theMaskMayHaveOneChannel() {
    String text =
        RECIPE
            .formatted("1e-3")
            .replace("\"config\": {", "\"config\": {\"mask\": {\"channels\": 1}, ");
    Recipe recipe = Recipe.parse(text, "test");
    Path file = folder.resolve("model.safetensors");
    try (Engine engine = Engine.open(null, null);
        Trainer trainer =
            new Trainer(recipe, engine, List.of(folder.resolve("data")), warnings::add)) {
      assertTrue(trainer.run((iteration, loss, rate) -> true));
      trainer.model().write(file, Dtype.F32);
      Model model = Model.load(file.toString());
      assertEquals(Variant.MASK, model.defaultVariant());
      assertTrue(model.selfCheck(engine));
      List<NamedTensor> tensors = List.copyOf(ModelFiles.read(file.toString()).tensors());
      assertTrue(
          tensors.stream().anyMatch(t -> t.name().equals("mp.c2.weight") && t.dims()[0] == 1));
    }
  }

  @Test
  void brokenFilesAreReportedAndPassedOver() throws IOException {
    Files.writeString(data.resolve("a-broken.png"), "no picture");
    Files.writeString(data.resolve("p1-broken.jpg"), "no picture either");
    Files.writeString(data.resolve("notes.txt"), "nor meant to be one");
    ImageWriter.write(Image.allocate(5, 5, 3, 8), data.resolve("small.png"), WriteOptions.DEFAULT);
    try (Engine engine = Engine.open(null, null);
        Trainer trainer = trainer(engine, "1e-3")) {
      assertTrue(trainer.run((iteration, loss, rate) -> true));
    }
    assertEquals(3, warnings.size(), warnings::toString);
    assertTrue(warnings.stream().anyMatch(w -> w.contains("small.png")), warnings::toString);
  }

  private void refuses(String text, String words) {
    Recipe recipe = Recipe.parse(text, "test");
    try (Engine engine = Engine.open(null, null)) {
      String message =
          assertThrows(
                  IllegalArgumentException.class,
                  () -> new Trainer(recipe, engine, List.of(folder.resolve("data")), w -> {}))
              .getMessage();
      assertTrue(message.contains(words), message);
    }
  }

  @Test
  void whatTheLastPhaseLacksIsSaidBeforeTheFirst() {
    refuses(RECIPE.formatted("1e-3").replace("[\"mp\"]", "[\"mp.tail\"]"), "'mp.tail'");
  }

  /** Nothing could be measured after its first phase. */
  @Test
  void aRecipeThatForgetsBaseNetIsRefused() {
    String text =
        """
        {"network": "fsrcnn", "scale": 2, "crop": 8, "batch": 2, "phases": [
          {"variant": "all", "parts": ["refine"], "iterations": 2, "rate": 1e-3},
          {"variant": "base", "parts": ["base"], "iterations": 2, "rate": 1e-3}]}""";
    refuses(text, "phase 1 trains refine, but base");
  }

  /** Of RFDN, whose attention pools windows of 7x7 at half the size. */
  @Test
  void aCropThatIsTooSmallIsNamed() {
    String text =
        """
        {"network": "rfdn", "scale": 2, "crop": 8, "batch": 2, "phases": [
          {"variant": "base", "parts": ["base"], "iterations": 2, "rate": 1e-3}]}""";
    refuses(text, "phase 1, of crops of 8: max_pool2d");
  }

  @Test
  void aFolderWithNothingToTrainOnIsRefused() throws IOException {
    Path empty = Files.createDirectories(folder.resolve("empty"));
    Recipe recipe = Recipe.parse(RECIPE.formatted("1e-3"), "test");
    try (Engine engine = Engine.open(null, null)) {
      assertThrows(
          IllegalArgumentException.class,
          () -> new Trainer(recipe, engine, List.of(empty), warnings::add));
      Files.writeString(empty.resolve("broken.png"), "no picture");
      try (Trainer trainer = new Trainer(recipe, engine, List.of(empty), warnings::add)) {
        assertThrows(
            IllegalArgumentException.class, () -> trainer.run((iteration, loss, rate) -> true));
      }
    }
  }

  @Test
  void aRunMayStartFromTheModelOfAnotherScale() throws IOException {
    Path model = folder.resolve("x2.safetensors");
    try (Engine engine = Engine.open(null, null);
        Trainer trainer = trainer(engine, "1e-3")) {
      assertTrue(trainer.taken().isEmpty());
      trainer.model().write(model, Dtype.F32);
      Path file = folder.resolve("recipe.json");
      String text = RECIPE.formatted("1e-3").replace("\"scale\": 2", "\"scale\": 3");
      Files.writeString(file, text.replace("{\"net", "{\"start\": \"x2.safetensors\", \"net"));
      Recipe recipe = Recipe.read(file);
      List<Path> folders = List.of(folder.resolve("data"));
      try (Trainer started = new Trainer(recipe, engine, folders, warnings::add)) {
        assertEquals("took 26 of 32 tensors from x2.safetensors", started.taken().orElseThrow());
        assertTrue(started.run((iteration, loss, rate) -> true));
      }
      Files.writeString(
          file, Files.readString(file).replace("fsrcnn", "pan").replaceAll("\"config.*", ""));
      Recipe other = Recipe.read(file);
      assertThrows(
          IllegalArgumentException.class,
          () -> new Trainer(other, engine, folders, warnings::add).close());
    }
  }

  @Test
  void aRunThatDivergesStopsAndIsNotSaved() {
    Path checkpoint = folder.resolve("checkpoint");
    try (Engine engine = Engine.open(null, null);
        Trainer trainer = trainer(engine, "1e38")) {
      assertThrows(
          DivergedException.class,
          () -> {
            trainer.run((iteration, loss, rate) -> true);
            trainer.save(checkpoint);
          });
      assertFalse(Files.exists(checkpoint));
    }
  }

  @Test
  void theCheckpointOfAnotherRecipeIsRefused() throws IOException {
    Path checkpoint = folder.resolve("checkpoint");
    train(1, null, checkpoint);
    try (Engine engine = Engine.open(null, null);
        Trainer trainer = trainer(engine, "2e-3")) {
      assertThrows(IllegalArgumentException.class, () -> trainer.resume(checkpoint));
      Path model = folder.resolve("model.safetensors");
      trainer.model().write(model, Dtype.F32);
      assertThrows(WeightsException.class, () -> trainer.resume(model));
    }
  }
}
