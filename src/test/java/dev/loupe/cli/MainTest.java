package dev.loupe.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.loupe.testing.FalsifiedModel;
import dev.loupe.testing.SharedContext;
import dev.loupe.weights.Dtype;
import dev.loupe.weights.ModelFiles;
import dev.loupe.weights.NamedTensor;
import dev.loupe.weights.SafeTensorsWriter;
import dev.loupe.weights.Weights;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests of the command line as a whole, and of every command but upscale. */
class MainTest {
  private static final Path PICTURE = Path.of("docs/images/before-after.png");
  private static final Path GOLDEN = Path.of("../shared/golden/fsrcnn-x2-odd.safetensors");

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {"upscale", "devices", "models", "doctor", "verify", "bench", "tune", "export"})
  void everyCommandHelps(String command) {
    String help = CommandLineRun.of(command, "--help").succeeds().out();
    assertTrue(help.contains("Usage: loupe " + command), help);
    assertTrue(help.contains("--json"), help);
    assertTrue(help.contains("2 bad usage or input"), help);
    String all = CommandLineRun.of("--help").succeeds().out();
    assertTrue(all.contains("  " + command), all);
  }

  @Test
  void everyCommandHasALineInTheHelp() {
    List<String> lines = CommandLineRun.of("--help").succeeds().out().lines().toList();
    int first = lines.indexOf("Commands:") + 1;
    List<String> commands = lines.subList(first, lines.indexOf(""));
    assertEquals(13, commands.size(), commands::toString);
    // One that is cut or goes on has no name of its own, or no end.
    for (String command : commands) {
      assertTrue(command.matches("  [a-z].*(\\.|the specified command\\.?)"), command);
    }
  }

  @Test
  void outputThatIsLostIsAFailure() {
    PrintWriter full =
        new PrintWriter(
            new Writer() {
              @Override
              public void write(char[] text, int from, int count) throws IOException {
                throw new IOException("no space left on device");
              }

              @Override
              public void flush() {}

              @Override
              public void close() {}
            });
    StringWriter err = new StringWriter();
    assertEquals(Main.FAILED, Main.run(full, new PrintWriter(err), "models"));
    assertTrue(err.toString().contains("standard output"), err::toString);
  }

  /** Not a list of arguments, as picocli would have it. */
  @Test
  void aNameMayBeginWithAnAt() throws IOException {
    Files.writeString(folder.resolve("@more"), "--help");
    CommandLineRun.of("evaluate", "-m", "fsrcnn-x4", "@" + folder.resolve("@more")).isRefused("@");
  }

  /** A script that looks for the PSNR of an exact picture finds it. */
  @Test
  void whatIsNotFiniteIsNullInJson() {
    Map<String, Double> figures = new HashMap<>();
    figures.put("psnr_y", Main.finite(Double.POSITIVE_INFINITY));
    assertTrue(Main.json(figures).contains("\"psnr_y\" : null"), Main.json(figures));
  }

  @Test
  void noCommandAndUnknownCommandAreRefused() {
    CommandLineRun.of().isRefused("loupe --help");
    CommandLineRun.of("upscal").isRefused("unknown command 'upscal'", "upscale, devices", "--help");
    CommandLineRun.of("nope", "a.png").isRefused("unknown command 'nope';");
    CommandLineRun.of("--nope").isRefused("Unknown option: '--nope'");
  }

  /** A recipe of more bytes than Java's largest array holds. */
  @Test
  void errorsOfJavaAreOneLineOrJson() throws IOException {
    Path recipe = folder.resolve("recipe.json");
    try (RandomAccessFile file = new RandomAccessFile(recipe.toFile(), "rw")) {
      file.setLength(3L << 30);
    }
    Object[] train = {"train", "--recipe", recipe, "--data", folder, "-o", folder, "--json"};
    CommandLineRun json = CommandLineRun.of(train);
    assertEquals(Main.FAILED, json.exitCode(), json::err);
    assertTrue(json.json().get("error").toString().contains("-Xmx"), json::out);
    CommandLineRun line = CommandLineRun.of(Arrays.copyOf(train, train.length - 1));
    assertEquals(Main.FAILED, line.exitCode(), line::err);
    assertTrue(line.err().startsWith("loupe: Java has too little memory"), line::err);
    assertEquals(1, line.err().lines().count(), line::err);
    String missing = Failure.of(new UnsatisfiedLinkError("libfreetype.so.6: no file")).message();
    assertTrue(missing.contains("libfreetype.so.6") && missing.contains("; install"), missing);
  }

  @Test
  void modelsListsTheBundledOne() {
    List<String> table = CommandLineRun.of("models").succeeds().out().lines().toList();
    assertEquals(1 + ModelFiles.bundled().size() + 2, table.size(), table::toString);
    assertTrue(table.stream().allMatch(line -> line.length() < 140), table::toString);
    List<String> marked = table.stream().filter(line -> line.startsWith("* fsrcnn-x4 ")).toList();
    assertEquals(1, marked.size(), table::toString);
    assertTrue(marked.get(0).matches(".* base full all mask +\\d\\d\\.\\d\\d +\\d\\d\\.\\d\\d"));
    String notes = CommandLineRun.of("models", "-v").succeeds().out();
    assertTrue(notes.contains("    training: loupe train"), notes);
    Map<String, Object> json = CommandLineRun.of("models", "--json").succeeds().json();
    List<String> names =
        ((List<?>) json.get("models"))
            .stream().map(model -> (String) ((Map<?, ?>) model).get("name")).toList();
    assertTrue(names.contains("fsrcnn-x4"), names::toString);
    List<?> missing = (List<?>) json.get("not_bundled");
    assertTrue(missing.contains("rcan-x3"), missing::toString);
    assertTrue(names.stream().noneMatch(missing::contains), names + " and " + missing);
  }

  @Test
  void theBestPsnrIsReadFromAModelsNote() {
    String note =
        "PSNR / SSIM on Y: Set5 bicubic 38.430 / 0.8111, base 30.406 / 0.8615, mask at K = 1000"
            + " 30.680 / 0.8690, mask at 15% 30.485 / 0.8635; BSD100 base 26.946 / 0.7143";
    assertEquals("30.68", ModelsCommand.bestPsnr(note, "Set5"));
    assertEquals("26.95", ModelsCommand.bestPsnr(note, "BSD100"));
    assertEquals("-", ModelsCommand.bestPsnr(note, "Set14"));
  }

  @Test
  void weightsThatAreWrongAreRefused() throws IOException {
    Path text = Files.writeString(folder.resolve("text.safetensors"), "these are no weights");
    refuses(text, "text.safetensors");
    Weights good = ModelFiles.read("fsrcnn-x4");
    List<NamedTensor> tensors = new ArrayList<>(good.tensors());
    Path lacking = folder.resolve("lacking.safetensors");
    NamedTensor first = tensors.remove(0);
    SafeTensorsWriter.write(lacking, good.metadata().format(), tensors, Dtype.F32);
    refuses(lacking, first.name());
    float[] data = first.data().clone();
    data[data.length - 1] = Float.NaN;
    tensors.add(new NamedTensor(first.name(), first.dims(), data));
    Path nan = folder.resolve("nan.safetensors");
    SafeTensorsWriter.write(nan, good.metadata().format(), tensors, Dtype.F32);
    refuses(nan, "NaN");
  }

  @Test
  void halvesNeedADevice() {
    Object[] upscale = {"upscale", "a.png", "-o", "b.png", "-d", "java", "--precision", "fp16"};
    CommandLineRun.of(upscale).isRefused("fp16", "device");
    upscale[7] = "fp8";
    CommandLineRun.of(upscale).isRefused("fp8", "fp16");
  }

  private void refuses(Path weights, String part) {
    CommandLineRun.of("upscale", "a.png", "-o", "b.png", "-d", "java", "-m", weights)
        .isRefused(weights.getFileName(), part);
  }

  @Test
  void benchRefusesAKThatNothingWouldChooseBy() {
    CommandLineRun.of("bench", "-d", "java", "--size", "8x8", "--variant", "base", "-k", 5)
        .isRefused("K = 5", "variant base");
  }

  @Test
  void sizesBeyondTheLimitAreNotCalledMisspelt() {
    CommandLineRun.of("bench", "--size", "100000x5").isRefused("100000x5", "at most 99999");
    CommandLineRun.of("bench", "--size", "5x0").isRefused("5x0", "WIDTHxHEIGHT");
  }

  @Test
  void aCaseThatIsNotThereIsAnErrorInTheJson() {
    CommandLineRun run = CommandLineRun.of("verify", "-d", "java", "--json", "nope.safetensors");
    assertEquals(Main.BAD_USAGE, run.exitCode());
    assertEquals("1 of 1 cases failed", run.json().get("error"));
  }

  @Test
  void verifyAgreesWithGoldenCasesAndSeesWhatIsOff() {
    Assumptions.assumeTrue(Files.exists(GOLDEN), "no golden cases beside the project");
    CommandLineRun run = CommandLineRun.of("verify", "-d", "java", GOLDEN).succeeds();
    assertEquals(4, run.out().lines().filter(line -> line.contains(" ok ")).count(), run::out);
    assertTrue(run.out().contains("same patches"), run::out);
    CommandLineRun strict =
        CommandLineRun.of("verify", "-d", "java", "--tolerance", "0", "--json", GOLDEN);
    assertEquals(Main.FAILED, strict.exitCode());
    assertEquals(4, ((List<?>) strict.json().get("cases")).size());
    CommandLineRun.of("verify", "-d", "java", "--tolerance", "-1", GOLDEN).isRefused("-1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "out.base | [1, 3, 42, 60] | [1, 3, 60, 42] | the network makes (1, 3, 42, 60)",
        "in | [1, 3, 21, 30] | [3, 1, 21, 30] | it must be (1, 3, H, W)"
      })
  void verifyRefusesOtherShapes(String tensor, String shape, String other, String words)
      throws IOException {
    Assumptions.assumeTrue(Files.exists(GOLDEN), "no golden cases beside the project");
    String file = Files.readString(GOLDEN, StandardCharsets.ISO_8859_1);
    int at = file.indexOf(shape, file.indexOf("\"" + tensor + "\""));
    Path changed = folder.resolve("changed.safetensors");
    String turned = file.substring(0, at) + other + file.substring(at + shape.length());
    Files.writeString(changed, turned, StandardCharsets.ISO_8859_1);
    CommandLineRun run = CommandLineRun.of("verify", "-d", "java", changed);
    assertEquals(Main.BAD_USAGE, run.exitCode());
    assertTrue(run.out().contains(words) || run.err().contains(words), run.out() + run.err());
  }

  @Test
  @Tag("device")
  void ladderTimesItsFiveGraphs() {
    SharedContext.get("lwjgl");
    Map<String, Object> json =
        CommandLineRun.of("bench", "--ladder", "--size", "37x31", "--runs", "1", "--json")
            .succeeds()
            .json();
    assertEquals(
        List.of("device", "binding", "precision", "input", "verified", "rows"),
        List.copyOf(json.keySet()));
    List<?> rows = (List<?>) json.get("rows");
    assertEquals(
        List.of("c64", "c48", "c40", "fsrcnn_base", "srresnet_like"),
        rows.stream().map(row -> ((Map<?, ?>) row).get("name")).toList());
    for (Object row : rows) {
      assertTrue(((Number) ((Map<?, ?>) row).get("min_ms")).doubleValue() > 0, row::toString);
      double error = ((Number) ((Map<?, ?>) row).get("max_error")).doubleValue();
      // Floats that went through a dozen layers agree, but not to the last bit.
      assertTrue(error > 0 && error <= 1e-4, row::toString);
    }
    CommandLineRun.of("bench", "--ladder", "-d", "java").isRefused("--ladder");
    CommandLineRun.of("bench", "--ladder", "-m", "pan-x4").isRefused("--ladder", "-m");
    CommandLineRun.of("bench", "--ladder", "--size", "9x9", "--size", "8x8").isRefused("--size");
    CommandLineRun.of("bench", "--ladder", "--roofline").isRefused("one of them");
    CommandLineRun.of("bench", "--image", "x.png", "--size", "4x4").isRefused("--size");
  }

  private static Map<?, ?> row(List<Map<?, ?>> rows, String variant) {
    return rows.stream()
        .filter(row -> variant.equals(row.get("variant")))
        .findFirst()
        .orElseThrow();
  }

  private static double number(Map<?, ?> json, String key) {
    return ((Number) json.get(key)).doubleValue();
  }

  private static void benchInHalves() {
    String[] bench = {"bench", "--size", "70x65", "--runs", "1", "--precision", "fp16", "--json"};
    Map<String, Object> json = CommandLineRun.of((Object[]) bench).succeeds().json();
    assertEquals("fp16", json.get("precision"));
    List<Map<?, ?>> rows = new ArrayList<>();
    ((List<?>) json.get("rows")).forEach(row -> rows.add((Map<?, ?>) row));
    Map<?, ?> base = row(rows, "base");
    Map<?, ?> full = row(rows, "full");
    // The paper's D-Net runs Base-Net's upsampler, too: what variant base's stage takes beyond
    // full's.
    double ours = number(full, "min_ms");
    double papers =
        ours
            + number((Map<?, ?>) base.get("stages"), "base")
            - number((Map<?, ?>) full.get("stages"), "base");
    for (Map<?, ?> row : rows) {
      double ms = number(row, "min_ms"); // rounded, as the shares are
      assertEquals(1, number(row, "of_full") * ours / ms, 0.01, row::toString);
      assertEquals(1, number(row, "of_d") * papers / ms, 0.01, row::toString);
    }
    CommandLineRun.of("bench", "--ladder", "--precision", "fp16").isRefused("--precision");
  }

  @Test
  @Tag("device")
  void deviceCommandsWork() {
    SharedContext.get("lwjgl");
    for (String binding : List.of("lwjgl", "jocl")) {
      CommandLineRun devices =
          CommandLineRun.of("devices", "--json", "--binding", binding).succeeds();
      assertTrue(
          ((List<?>) devices.json().get("devices"))
              .stream()
                  .anyMatch(device -> Boolean.TRUE.equals(((Map<?, ?>) device).get("default"))),
          devices::out);
    }
    Map<String, Object> well = CommandLineRun.of("doctor", "--json").succeeds().json();
    assertEquals(List.of(), well.get("problems"));
    List<Map<String, String>> passed =
        ModelFiles.bundled().stream().map(m -> Map.of("model", m, "self_check", "ok")).toList();
    assertEquals(passed, models(well));
    CommandLineRun.of("bench", "-d", "nosuch").isRefused("nosuch");
    benchInHalves();
    List<?> rows =
        (List<?>)
            CommandLineRun.of("bench", "--size", "70x65", "--runs", "1", "-k", "9", "--json")
                .succeeds()
                .json()
                .get("rows");
    assertEquals(3, rows.size());
    Map<?, ?> mask = (Map<?, ?>) rows.get(2);
    assertEquals("mask", mask.get("variant"));
    assertEquals(9, mask.get("k"));
    assertTrue(((Number) mask.get("peak_device_mb")).doubleValue() > 0);
    assertTrue(((Map<?, ?>) mask.get("stages")).containsKey("refine"));
  }

  private static Object models(Map<String, Object> doctor) {
    return ((Map<?, ?>) ((List<?>) doctor.get("devices")).get(0)).get("models");
  }

  @Test
  @Tag("device")
  void aFailedSelfCheckIsAProblemAndNoUpscalerOpens() {
    SharedContext.get("lwjgl");
    Path falsified = FalsifiedModel.in(folder);
    CommandLineRun doctor = CommandLineRun.of("doctor", "--json", "-m", falsified);
    assertEquals(Main.FAILED, doctor.exitCode(), doctor::out);
    List<?> checked = (List<?>) models(doctor.json());
    assertEquals(
        Map.of("model", falsified.toString(), "self_check", "failed"),
        checked.get(checked.size() - 1));
    assertTrue(doctor.json().get("problems").toString().contains("self-check"), doctor::out);
    CommandLineRun upscale =
        CommandLineRun.of("upscale", PICTURE, "-o", folder.resolve("big.png"), "-m", falsified);
    assertEquals(Main.FAILED, upscale.exitCode(), upscale::err);
    assertTrue(upscale.err().contains("fails its self-check"), upscale::err);
  }
}
