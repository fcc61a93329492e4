package dev.loupe.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.loupe.evaluate.PictureFolder;
import dev.loupe.image.Image;
import dev.loupe.image.ImageReader;
import dev.loupe.image.ImageWriter;
import dev.loupe.image.WriteOptions;
import dev.loupe.testing.SharedContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code loupe evaluate} on small pictures, in plain Java. */
class EvaluateCommandTest {
  @TempDir Path temp;
  private Path folder;

  @BeforeEach
  void writePictures() throws IOException {
    folder = Files.createDirectory(temp.resolve("pictures"));
    for (String name : List.of("a.png", "b, really.png")) {
      Image picture = Image.allocate(50, 35, 3, 8);
      for (int y = 0; y < 35; y++) {
        for (int x = 0; x < 50; x++) {
          picture.set(x, y, 0, (x / 5 + y / 7) % 2 == 0 ? 200 : 30);
          picture.set(x, y, 1, x * 5);
          picture.set(x, y, 2, y * 7);
        }
      }
      ImageWriter.write(picture, folder.resolve(name), WriteOptions.DEFAULT);
    }
  }

  private CommandLineRun run(String... more) {
    String[] all = new String[4 + more.length];
    System.arraycopy(new String[] {"evaluate", folder.toString(), "-d", "java"}, 0, all, 0, 4);
    System.arraycopy(more, 0, all, 4, more.length);
    return CommandLineRun.of((Object[]) all);
  }

  private static double number(Object json, String key) {
    return ((Number) ((Map<?, ?>) json).get(key)).doubleValue();
  }

  @Test
  void scoresAreGivenByPictureAndMean() {
    CommandLineRun run = run("-k", "2", "--json");
    assertEquals(Main.DONE, run.exitCode(), run.err());
    Map<String, Object> json = run.json();
    List<?> images = (List<?>) json.get("images");
    assertEquals(2, images.size());
    assertEquals("12x8", ((Map<?, ?>) images.get(0)).get("lr_size"));
    Object mean = json.get("mean");
    double psnr = (number(images.get(0), "psnr_y") + number(images.get(1), "psnr_y")) / 2;
    assertEquals(psnr, number(mean, "psnr_y"), 1e-9);
    assertEquals(2 / 6.0, number(mean, "refined_share"), 1e-9);
    assertTrue(number(mean, "gflops_paper") > number(mean, "gflops"));
    assertTrue(number(mean, "ms") > 0);
    assertTrue(number(json.get("bicubic"), "psnr_y") > 5);
    assertEquals("2", json.get("k"));
    assertTrue(number(mean, "ssim_y") < 1 && number(mean, "psnr_rgb") > 5);
  }

  @Test
  void theTableEndsInMeanAndBicubic() {
    String out = run("--variant", "base").out();
    assertEquals(1, out.lines().filter(line -> line.startsWith("mean ")).count(), out);
    assertEquals(1, out.lines().filter(line -> line.startsWith("bicubic ")).count(), out);
    assertTrue(out.contains("variant base") && !out.contains("K = "), out);
  }

  @Test
  void csvHasARowAPictureAndTheMean() throws IOException {
    Path csv = temp.resolve("scores.csv");
    assertEquals(Main.DONE, run("--csv", csv.toString()).exitCode());
    List<String> lines = Files.readAllLines(csv);
    assertEquals(4, lines.size());
    assertTrue(lines.get(2).startsWith("\"b, really\",12,8,"), lines.get(2));
    assertTrue(lines.get(3).startsWith("mean,,,"), lines.get(3));
  }

  /** Who has the old table open, here by another name, reads it to its end. */
  @Test
  void csvIsReplacedAtOneMoment() throws IOException {
    Path csv = Files.writeString(temp.resolve("scores.csv"), "old");
    Path old = Files.createLink(temp.resolve("old.csv"), csv);
    run("--variant", "base", "--csv", csv.toString()).succeeds();
    assertEquals("old", Files.readString(old));
    assertTrue(Files.readString(csv).contains("mean,"));
  }

  @Test
  void aBrokenPictureIsReportedAndSurvived() throws IOException {
    Files.writeString(folder.resolve("broken.png"), "no picture");
    CommandLineRun run = run("--json");
    assertEquals(Main.BAD_USAGE, run.exitCode());
    assertTrue(run.err().contains("broken.png"), run.err());
    assertEquals(2, ((List<?>) run.json().get("images")).size());
    assertEquals("1 of 3 pictures failed", run.json().get("error"));
  }

  @Test
  void theSweepDrawsItsCurve() throws IOException {
    Path csv = temp.resolve("curve.csv");
    Path plot = temp.resolve("curve.png");
    CommandLineRun run =
        run("--sweep", "none,50%,all", "--csv", csv.toString(), "--plot", plot.toString());
    assertEquals(Main.DONE, run.exitCode(), run.err());
    List<String> lines = Files.readAllLines(csv);
    assertEquals(10, lines.size());
    assertTrue(lines.get(1).startsWith("largest,none,0.0000,"), lines.get(1));
    assertTrue(lines.get(9).startsWith("smallest,all,1.0000,"), lines.get(9));
    assertEquals(2560, ImageReader.read(plot).width());
  }

  @Test
  void badArgumentsAreRefusedBeforeAnythingRuns() throws IOException {
    assertEquals(Main.BAD_USAGE, CommandLineRun.of("evaluate", temp.toString()).exitCode());
    Path nowhere = temp.resolve("missing/scores.csv");
    assertEquals(Main.BAD_USAGE, run("--csv", nowhere.toString()).exitCode());
    run("--csv", temp.toString()).isRefused("--csv " + temp, "name a file");
    assertEquals(Main.BAD_USAGE, run("--sweep", "some").exitCode());
    run("--sweep", ",").isRefused("--sweep ,", "names no K");
    Path picture = PictureFolder.of(folder).files().get(0);
    String csv = temp.resolve("t.csv").toString();
    run("--csv", picture.toString()).isRefused("--csv " + picture, "would overwrite");
    run("--sweep", "K", "--csv", csv, "--plot", picture.toString())
        .isRefused("--plot " + picture, "would overwrite");
    Path model = Files.copy(Path.of("weights/rfdn-x4.safetensors"), temp.resolve("m.safetensors"));
    run("-m", model.toString(), "--csv", model.toString())
        .isRefused("--csv " + model, "would overwrite");
    run("--sweep", "K", "-k", "7%").isRefused("--sweep K", "leave out");
    run("--sweep", "K", "--variant", "all").isRefused("--sweep K", "leave out");
    run("--plot", "x.png").isRefused("--plot x.png", "--sweep");
    String one = temp.resolve("one.png").toString();
    run("--sweep", "K", "--csv", one, "--plot", one).isRefused("--plot " + one, "one file");
    run("--sweep", "K", "--csv", "sweep.png").isRefused("--csv sweep.png", "one file");
    run("--csv", "-").isRefused("--csv -", "name another");
    run("--sweep", "K", "--csv", csv, "--plot", "-").isRefused("--plot -", "name another");
    run("--variant", "base", "-k", "7%").isRefused("K = 7%", "variant base");
    assertFalse(Files.exists(Path.of("sweep.csv")));
  }

  /** Above the bootstrap weights' 30.26 dB at x4, and far above bicubic. */
  @ParameterizedTest
  @Tag("device")
  @CsvSource({
    "fsrcnn-x4, x4, 30.5",
    "pan-x4, x4, 31.4",
    "rfdn-x4, x4, 31.5",
    "pan-x3, x3, 33.4",
    "pan-x2, x2, 37.2",
    "rfdn-x2, x2, 37.5",
    "rfdn-x3, x3, 33.8",
    "fsrcnn-x3, x3, 32.8",
    "fsrcnn-x2, x2, 36.7"
  })
  void bundledModelsAreWorthUsing(String model, String set, double least) {
    Path set5 = Path.of("../shared/data/eval/Set5").resolve(set);
    Assumptions.assumeTrue(Files.isDirectory(set5), "no test pictures in " + set5);
    SharedContext.get("lwjgl");
    Map<String, Object> json =
        CommandLineRun.of("evaluate", "-m", model, "--json", set5).succeeds().json();
    double psnr = number(json.get("mean"), "psnr_y");
    assertTrue(psnr >= least, psnr + " dB");
    assertTrue(psnr > number(json.get("bicubic"), "psnr_y") + 2, psnr + " dB");
  }
}
