package dev.loupe.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.loupe.image.Image;
import dev.loupe.image.ImageWriter;
import dev.loupe.testing.SharedContext;
import dev.loupe.weights.Dtype;
import dev.loupe.weights.ModelFiles;
import dev.loupe.weights.ModelMetadata;
import dev.loupe.weights.NamedTensor;
import dev.loupe.weights.SafeTensors;
import dev.loupe.weights.Weights;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests of {@code loupe train}, in processes of its own where they are stopped or killed. */
@Tag("device")
class TrainCommandTest {
  private static final int TERMINATED = 128 + 15;
  private static final long PATIENCE_SECONDS = 120;

  private static final String RECIPE =
      """
      {"network": "fsrcnn", "scale": 2, "crop": 8, "batch": 2,
       "config": {"base": {"d": 6, "s": 4, "m": 1}},
       "phases": [
         {"variant": "full", "parts": ["base", "refine"], "iterations": 400, "rate": 1e-3},
         {"variant": "mask", "parts": ["mp"], "iterations": 100, "rate": 1e-3}
       ]}
      """;

  @TempDir private Path folder;
  private Path data;
  private Path recipe;

  @BeforeEach
  void makeDataAndRecipe() throws IOException {
    SharedContext.get("lwjgl"); // skips where there is no device
    data = Files.createDirectories(folder.resolve("data"));
    Image picture = Image.allocate(70, 60, 3, 8);
    for (int i = 0; i < picture.samples().capacity(); i++) {
      picture.samples().put(i, (byte) (i * 29 / 7));
    }
    ImageWriter.write(picture, data.resolve("picture.png"));
    recipe = folder.resolve("recipe.json");
    Files.writeString(recipe, RECIPE);
  }

  private CommandLineRun train(Path out, Object... more) {
    List<Object> all = new ArrayList<>(List.of("train", "--recipe", recipe, "--data", data));
    all.addAll(List.of("-o", out, "--every", "50"));
    all.addAll(List.of(more));
    return CommandLineRun.of(all.toArray());
  }

  private Process start(Path out, String... more) throws IOException {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    List<String> command = new ArrayList<>(List.of(java.toString()));
    String cache = System.getProperty("loupe.cache.dir");
    if (cache != null) {
      command.add("-Dloupe.cache.dir=" + cache);
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(List.of("train", "--recipe", recipe.toString(), "--data", data.toString()));
    command.addAll(List.of("-o", out.toString(), "--every", "20"));
    command.addAll(List.of(more));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    return builder.redirectOutput(Redirect.appendTo(folder.resolve("said").toFile())).start();
  }

  private int end(Process process) throws InterruptedException {
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
    return process.waitFor();
  }

  private String said() throws IOException {
    return Files.readString(folder.resolve("said"));
  }

  private interface Condition {
    boolean holds() throws IOException;
  }

  private void await(Condition condition) throws Exception {
    for (int i = 0; i < 20 * PATIENCE_SECONDS && !condition.holds(); i++) {
      Thread.sleep(50);
    }
    assertTrue(condition.holds(), said());
  }

  /** A folder with a copy of a model. */
  private Path keep(Path model) throws IOException {
    Path kept = Files.createDirectory(folder.resolve("kept"));
    Files.copy(model, kept.resolve(model.getFileName()));
    return kept;
  }

  private static void assertSameWeights(Path expected, Path actual) {
    SafeTensors one = SafeTensors.read(expected.resolve("fsrcnn-x2.safetensors"));
    SafeTensors other = SafeTensors.read(actual.resolve("fsrcnn-x2.safetensors"));
    assertEquals(one.names(), other.names());
    for (String name : one.names()) {
      assertArrayEquals(one.tensor(name).data(), other.tensor(name).data(), name);
    }
  }

  @Test
  void aRunThatIsKilledAndResumedEndsAsAnUnbrokenOne() throws Exception {
    Path unbroken = folder.resolve("unbroken");
    train(unbroken).succeeds();
    Path killed = folder.resolve("killed");
    Random random = new Random();
    for (int kill = 0; kill < 3; kill++) {
      Process process = start(killed, "--resume");
      int begun = kill + 1;
      await(() -> said().lines().filter(line -> line.contains("; iteration ")).count() == begun);
      await(() -> Files.exists(killed.resolve("checkpoint.safetensors")));
      Thread.sleep(random.nextInt(1500));
      process.destroyForcibly();
      process.waitFor();
    }
    assertEquals(Main.DONE, end(start(killed, "--resume")), said());
    assertSameWeights(unbroken, killed);
    try (Stream<Path> files = Files.list(killed)) {
      assertEquals(
          List.of("checkpoint.safetensors", "fsrcnn-x2.safetensors", "log.csv", "log.png"),
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> !name.startsWith("."))
              .sorted()
              .toList());
    }
  }

  @Test
  void aRunThatIsTerminatedSavesFirst() throws Exception {
    Files.writeString(recipe, RECIPE.replace("400", "400000"));
    Path out = folder.resolve("out");
    Process process = start(out);
    await(() -> Files.exists(out.resolve("log.csv")));
    process.destroy();
    assertEquals(TERMINATED, end(process), said());
    assertTrue(said().contains("stopped, --resume goes on"), said());
    List<String> rows = Files.readAllLines(out.resolve("log.csv"));
    int saved = Integer.parseInt(rows.get(rows.size() - 1).replaceFirst(",.*", ""));
    assertTrue(said().contains(", picture files: 1; iteration 0 of"), said());
    CommandLineRun resumed = train(out, "--resume", "--minutes", "0").succeeds();
    assertTrue(resumed.out().contains("iteration " + saved + " of 400100"), resumed.out());
  }

  /** The JSON is said after the run has saved: Java must not end between the two. */
  @Test
  void aRunThatIsTerminatedStillTellsItsJson() throws Exception {
    Files.writeString(recipe, RECIPE.replace("400", "400000"));
    Path out = folder.resolve("out");
    Process process = start(out, "--json");
    await(() -> Files.exists(out.resolve("log.csv")));
    process.destroy();
    assertEquals(TERMINATED, end(process), said());
    assertTrue(said().contains("\"done\" : false"), said());
  }

  @Test
  void theOutputIsNoPlaceForPicturesToTrainOn() {
    train(data.resolve("run")).isRefused("--output", "--data", "outside");
    String alias = "--out=" + data.resolve("run");
    CommandLineRun.of("train", "--recipe", recipe, "--data", data, alias).isRefused("outside");
    Path out = folder.resolve("out");
    train(out, "--validate", out.resolve("../out")).isRefused("--output", "--validate", "another");
  }

  /** As after a kill in the last measuring, which comes after the last checkpoint. */
  @Test
  void aFinishedRunWithoutItsModelMakesItAgain() throws IOException {
    Path out = folder.resolve("out");
    train(out).succeeds();
    Path model = out.resolve("fsrcnn-x2.safetensors");
    Path kept = keep(model);
    Files.delete(model);
    train(out, "--resume").succeeds();
    assertSameWeights(kept, out);
  }

  /** As after such a kill where an earlier report has left its model and its row. */
  @Test
  void aFinishedRunWithAnOlderModelMakesItAnew() throws IOException {
    Path out = folder.resolve("out");
    train(out).succeeds();
    Path model = out.resolve("fsrcnn-x2.safetensors");
    Path kept = keep(model);
    Weights made = ModelFiles.read(model.toString());
    ModelMetadata older = made.metadata().withNote("training", "loupe train, 1 iterations of 2");
    List<NamedTensor> zeros =
        made.tensors().stream()
            .map(t -> new NamedTensor(t.name(), t.dims(), new float[t.data().length]))
            .toList();
    Weights.of("older", older, zeros).write(model, Dtype.F32);
    train(out, "--resume").succeeds();
    assertSameWeights(kept, out);
    byte[] anew = Files.readAllBytes(model);
    train(out, "--resume").succeeds();
    assertArrayEquals(anew, Files.readAllBytes(model), "made once");
  }

  @Test
  void aFinishedRunWithADamagedModelMakesItAnew() throws IOException {
    Path out = folder.resolve("out");
    train(out).succeeds();
    Path model = out.resolve("fsrcnn-x2.safetensors");
    Path kept = keep(model);
    byte[] whole = Files.readAllBytes(model);
    Files.write(model, Arrays.copyOf(whole, whole.length / 2));
    train(out, "--resume").succeeds();
    assertSameWeights(kept, out);
  }

  @Test
  void aPictureTooSmallToCompareIsNamedAtOnce() {
    Path small = folder.resolve("small");
    assertTrue(small.toFile().mkdir());
    ImageWriter.write(Image.allocate(2, 2, 3, 8), small.resolve("a_LR.png"));
    ImageWriter.write(Image.allocate(4, 4, 3, 8), small.resolve("a_HR.png"));
    Path out = folder.resolve("out");
    train(out, "--validate", small).isRefused("a: nothing of 4x4 is left");
    assertFalse(Files.exists(out));
  }

  /** Their squares are infinities, before the loss is. */
  @Test
  void weightsThatGiveNoPictureAreNotSavedOverGoodOnes() throws IOException {
    Files.writeString(
        recipe,
        RECIPE.replace(
            "\"mp\"], \"iterations\": 100, \"rate\": 1e-3",
            "\"mp\"], \"iterations\": 2, \"rate\": 1e30"));
    Path out = folder.resolve("out");
    List<Object> everyIteration =
        List.of("train", "--recipe", recipe, "--data", data, "-o", out, "--every", "1");
    CommandLineRun run = CommandLineRun.of(everyIteration.toArray());
    assertEquals(Main.FAILED, run.exitCode(), run.err());
    Path checkpoint = out.resolve("checkpoint.safetensors");
    assertTrue(
        run.err().contains("training diverged") && run.err().contains(checkpoint.toString()),
        run.err());
    SafeTensors saved = SafeTensors.read(checkpoint);
    for (String name : saved.names()) {
      for (float value : saved.tensor(name).data()) {
        assertTrue(Math.abs(value) < 1e6, name + " has " + value);
      }
    }
  }

  @Test
  void aLogThatIsNoTextIsNamed() throws IOException {
    Path out = folder.resolve("out");
    train(out, "--minutes", "0").succeeds();
    Files.write(out.resolve("log.csv"), new byte[] {(byte) 0xFF, (byte) 0xFE, '\n'});
    train(out, "--resume").isRefused("log.csv: cannot be read; move it away");
  }

  @Test
  void aCheckpointIsNotOverwrittenUnlessItIsResumed() throws IOException {
    Path out = folder.resolve("out");
    train(out, "--minutes", "0").succeeds();
    Path checkpoint = out.resolve("checkpoint.safetensors");
    byte[] before = Files.readAllBytes(checkpoint);
    train(out).isRefused(checkpoint, "--resume");
    assertArrayEquals(before, Files.readAllBytes(checkpoint));
    Files.writeString(recipe, RECIPE.replace("1e-3", "2e-3"));
    train(out, "--resume").isRefused(checkpoint, "another recipe");
  }

  @Test
  void whatAnotherRunLeftIsRefusedBeforeADeviceIsLookedFor() throws IOException {
    Path out = Files.createDirectory(folder.resolve("out"));
    Path model = Files.createFile(out.resolve("fsrcnn-x2.safetensors"));
    train(out, "-d", "nosuch").isRefused(model, "another --output");
    train(out, "-d", "nosuch", "--resume").isRefused(model, "another --output");
    Path checkpoint = Files.createFile(out.resolve("checkpoint.safetensors"));
    train(out, "-d", "nosuch").isRefused(checkpoint, "--resume");
  }

  @Test
  void anotherRunInTheFolderIsRefusedUntilItEnds() throws Exception {
    Files.writeString(recipe, RECIPE.replace("400", "400000"));
    Path out = folder.resolve("out");
    Process process = start(out);
    await(() -> Files.exists(out.resolve("checkpoint.safetensors")));
    train(out, "-d", "nosuch").isRefused("another run is training in " + out);
    train(out, "--resume").isRefused("another run is training in " + out);
    process.destroyForcibly();
    process.waitFor();
    train(out, "--resume", "--minutes", "0").succeeds();
    train(out, "--resume", "--minutes", "0").succeeds();
  }

  @Test
  void whatIsRefusedLeavesNoFolder() throws IOException {
    Path out = folder.resolve("out");
    Path empty = Files.createDirectory(folder.resolve("empty"));
    train(out, "-d", "nosuch").isRefused("nosuch");
    train(out, "--validate", empty).isRefused(empty);
    train(out, "--data", folder.resolve("missing")).isRefused("missing");
    Files.writeString(recipe, RECIPE.replace("\"scale\"", "\"start\": \"nosuch\", \"scale\""));
    train(out).isRefused("nosuch");
    assertFalse(Files.exists(out));
    Path link = Files.createSymbolicLink(folder.resolve("link"), data);
    train(link.resolve("new/run")).isRefused("--output", "lies in --data");
    assertFalse(Files.exists(data.resolve("new")));
    train(Path.of("-")).isRefused("--output -");
  }

  @Test
  void brokenPicturesAreNamedAndPassedOver() throws IOException {
    for (int i = 0; i < 4; i++) {
      Files.writeString(data.resolve("broken" + i + ".png"), "no picture");
    }
    CommandLineRun run = train(folder.resolve("out")).succeeds();
    for (int i = 0; i < 4; i++) {
      assertTrue(run.err().contains("broken" + i + ".png"), run.err());
    }
  }

  /** Neither counts the time of checkpoints and of validation. */
  @Test
  void theConsoleTellsTheSpeedThatTheLogHas() throws IOException {
    Path out = folder.resolve("out");
    CommandLineRun run = train(out, "--validate", data).succeeds();
    List<String> told =
        run.out()
            .lines()
            .filter(line -> line.contains(" px/s"))
            .map(TrainCommandTest::speed)
            .toList();
    List<String> logged =
        Files.readAllLines(out.resolve("log.csv")).stream()
            .skip(1)
            .map(r -> r.split(",", -1)[4])
            .toList();
    assertEquals(10, logged.size());
    assertEquals(logged, told);
  }

  private static String speed(String line) {
    return line.replaceFirst(" px/s.*", "").replaceFirst(".* ", "");
  }

  @Test
  void aRunThatDivergesNamesTheLastGoodCheckpoint() throws IOException {
    Files.writeString(
        recipe,
        RECIPE.replace(
            "\"mp\"], \"iterations\": 100, \"rate\": 1e-3",
            "\"mp\"], \"iterations\": 100, \"rate\": 1e38"));
    Path out = folder.resolve("out");
    CommandLineRun run = train(out);
    assertEquals(Main.FAILED, run.exitCode(), run.err());
    Path checkpoint = out.resolve("checkpoint.safetensors");
    assertTrue(
        run.err().contains("diverged") && run.err().contains(checkpoint.toString()), run.err());
    assertFalse(run.out().contains("done"), run.out());
    Files.writeString(recipe, RECIPE);
    train(out, "--resume").isRefused("another recipe");
  }

  @Test
  void numbersOutOfRangeAreRefused() {
    String recipe = "weights/recipes/fsrcnn-x4.json";
    CommandLineRun.of("train", "--recipe", recipe, "--data", ".", "-o", "x", "--every", "0")
        .isRefused("--every 0: must be at least 1");
    CommandLineRun.of("train", "--recipe", recipe, "--data", ".", "-o", "x", "--minutes", "-1")
        .isRefused("--minutes -1.0: must be at least 0");
  }
}
