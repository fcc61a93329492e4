package dev.loupe.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.loupe.Engine;
import dev.loupe.Model;
import dev.loupe.SelfCheckException;
import dev.loupe.testing.CheckpointFile;
import dev.loupe.weights.Dtype;
import dev.loupe.weights.ModelFiles;
import dev.loupe.weights.NamedTensor;
import dev.loupe.weights.SafeTensors;
import dev.loupe.weights.Variant;
import dev.loupe.weights.Weights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code loupe import} of checkpoints made here, hostile ones and published ones. */
class ImportCommandTest {
  private static final Path PUBLISHED = Path.of("../shared/checkpoints/PANx4_DF2K.pth");
  private static final Weights BUNDLED = ModelFiles.read("fsrcnn-x4");

  @TempDir Path folder;

  private CommandLineRun run(Path checkpoint, String network, String... more) {
    List<Object> all = new ArrayList<>();
    all.addAll(List.of("import", checkpoint, "-o", out(), "--network", network, "--scale", "4"));
    all.addAll(List.of(more));
    return CommandLineRun.of(all.toArray());
  }

  private Path out() {
    return folder.resolve("model.safetensors");
  }

  private Path checkpoint(List<NamedTensor> tensors) throws IOException {
    Path file = folder.resolve("state.pth");
    CheckpointFile.write(file, tensors);
    return file;
  }

  @Test
  void aStateDictUnderLoupesNamesBecomesAModel() throws IOException {
    run(checkpoint(List.copyOf(BUNDLED.tensors())), "fsrcnn").succeeds();
    Model model = Model.load(out().toString());
    assertEquals(List.of(Variant.values()), model.metadata().variants());
    assertEquals("state.pth", model.metadata().notes().get("source"));
    assertEquals(43270, model.parameters());
    Weights read = Weights.read(out());
    for (NamedTensor tensor : BUNDLED.tensors()) {
      assertTrue(Arrays.equals(tensor.data(), read.require(tensor.name()).data()), tensor.name());
    }
    try (Engine java = Engine.open(Engine.JAVA, null)) {
      assertTrue(model.selfCheck(java));
      assertTrue(Model.load("fsrcnn-x4").selfCheck(java), "the bundled model carries one too");
    }
  }

  @Test
  void halfFilesAreHalfTheSizeAndStillPassTheirCheck() throws IOException {
    Path file = checkpoint(List.copyOf(BUNDLED.tensors()));
    run(file, "fsrcnn").succeeds();
    long whole = Files.size(out());
    run(file, "fsrcnn", "--half").succeeds();
    assertTrue(Files.size(out()) < 0.65 * whole);
    try (Engine java = Engine.open(Engine.JAVA, null)) {
      assertTrue(Model.load(out().toString()).selfCheck(java));
    }
  }

  @Test
  void weightsBeyondHalvesAreNamed() throws IOException {
    List<NamedTensor> tensors = new ArrayList<>(BUNDLED.tensors());
    NamedTensor first = tensors.get(0);
    float[] data = first.data().clone();
    data[0] = 70000;
    tensors.set(0, new NamedTensor(first.name(), first.dims(), data));
    run(checkpoint(tensors), "fsrcnn", "--half")
        .isRefused("state.pth", first.name(), "70000.0", "beyond float16's 65504.0");
    assertFalse(Files.exists(out()));
  }

  @Test
  void theCheckpointIsNotOverwritten() throws IOException {
    CheckpointFile.write(out(), List.copyOf(BUNDLED.tensors()));
    byte[] before = Files.readAllBytes(out());
    run(out(), "fsrcnn").isRefused("-o " + out(), "would overwrite");
    assertArrayEquals(before, Files.readAllBytes(out()));
  }

  @Test
  void aBaseNetAloneIsAModelOfOneVariant() throws IOException {
    List<NamedTensor> base =
        BUNDLED.tensors().stream().filter(t -> t.name().startsWith("base.")).toList();
    run(checkpoint(base), "fsrcnn").succeeds();
    assertEquals(List.of(Variant.BASE), Model.load(out().toString()).metadata().variants());
  }

  @Test
  void unknownAndMissingTensorsAreListed() throws IOException {
    List<NamedTensor> tensors = new ArrayList<>(BUNDLED.tensors());
    tensors.removeIf(tensor -> tensor.name().equals("refine.trim.conv1.bias"));
    tensors.add(new NamedTensor("extra.weight", new int[] {2}, new float[2]));
    run(checkpoint(tensors), "fsrcnn")
        .isRefused("unknown tensors [extra.weight]", "missing tensors [refine.trim.conv1.bias]");
    assertFalse(Files.exists(out()));
  }

  @Test
  void ofManyTensorsTheFirstAreNamedAndAllCounted() throws IOException {
    CommandLineRun run = run(checkpoint(List.copyOf(BUNDLED.tensors())), "rcan");
    run.isRefused("missing tensors [base.", ", ... of ");
    assertTrue(run.err().length() < 1000, run.err());
  }

  @Test
  void aTensorOfAnotherShapeIsNamed() throws IOException {
    List<NamedTensor> tensors = new ArrayList<>(BUNDLED.tensors());
    tensors.replaceAll(
        t ->
            t.name().equals("base.first.0.bias")
                ? new NamedTensor(t.name(), new int[] {55}, new float[55])
                : t);
    run(checkpoint(tensors), "fsrcnn").isRefused("base.first.0.bias", "[55]", "[56]");
    assertFalse(Files.exists(out()));
  }

  @Test
  void weightsThatGiveNoFinitePictureAreRefused() throws IOException {
    List<NamedTensor> tensors = new ArrayList<>(BUNDLED.tensors());
    tensors.replaceAll(
        t -> {
          float[] data = t.data().clone();
          Arrays.fill(data, 1e30f);
          return new NamedTensor(t.name(), t.dims(), data);
        });
    Path file = checkpoint(tensors);
    run(file, "fsrcnn").isRefused(file + ": its weights give values that are not finite");
    assertFalse(Files.exists(out()));
  }

  @Test
  void badArgumentsAreRefused() throws IOException {
    Path file = checkpoint(List.copyOf(BUNDLED.tensors()));
    run(file, "vdsr").isRefused("vdsr");
    run(folder.resolve("missing.pth"), "fsrcnn").isRefused("no such file");
    CommandLineRun.of("import", file, "-o", folder.resolve("x.pth"), "--network", "fsrcnn", "-s", 4)
        .isRefused(".safetensors");
    CommandLineRun.of("import", file, "-o", "-", "--network", "fsrcnn", "-s", 4)
        .isRefused("-o -", "name another");
    Files.writeString(folder.resolve("text.pth"), "not a checkpoint at all, only text");
    run(folder.resolve("text.pth"), "fsrcnn").isRefused("not a PyTorch checkpoint");
  }

  @Test
  void hostilePicklesAreRefusedInOneLine() {
    for (String name : List.of("hostile-zip.pth", "hostile-legacy.pth")) {
      run(Path.of("src/test/resources/checkpoints", name), "fsrcnn").isRefused(name, "refused");
      assertFalse(Files.exists(out()));
    }
  }

  @Test
  void aFalsifiedWeightFailsTheSelfCheck() throws IOException {
    run(checkpoint(List.copyOf(BUNDLED.tensors())), "fsrcnn").succeeds();
    SafeTensors file = SafeTensors.read(out());
    Weights weights = Weights.of(file, "");
    weights.require("base.last.2.bias").data()[1] += 0.01f;
    Path other = folder.resolve("falsified.safetensors");
    weights.write(other, Dtype.F32);
    Model model = Model.load(other.toString());
    try (Engine java = Engine.open(Engine.JAVA, null)) {
      String message =
          assertThrows(SelfCheckException.class, () -> model.selfCheck(java)).getMessage();
      assertTrue(message.contains("fails its self-check"), message);
    }
  }

  @Test
  void aPublishedCheckpointIsAnOriginal() throws IOException {
    assumeTrue(Files.exists(PUBLISHED), PUBLISHED + " is not there");
    assertEquals(
        272419, run(PUBLISHED, "pan-original", "--json").succeeds().json().get("parameters"));
    CommandLineRun wrong = run(PUBLISHED, "rfdn-original");
    wrong.isRefused("is no rfdn-original x4", "SCPA_trunk.0.k1.0.weight", "B1.c1_d.weight");
  }
}
