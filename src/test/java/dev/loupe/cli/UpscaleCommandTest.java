package dev.loupe.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.loupe.image.Image;
import dev.loupe.image.ImageMetadata;
import dev.loupe.image.ImageReader;
import dev.loupe.image.ImageWriter;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.stream.ImageOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests of {@code loupe upscale} on plain Java, which runs anywhere. */
class UpscaleCommandTest extends UpscaleFixture {
  @ParameterizedTest
  @CsvSource({"--width=15, -v, 15, 8", "--height=9, -v, 16, 9", "--width=7, --height=20, 7, 20"})
  void aSizeIsMet(String side, String other, int width, int height) {
    Path in = picture("a.png", 18, 10, 4, 8);
    Path out = folder.resolve("b.png");
    upscale(in, "-o", out, "-s", 2, side, other).succeeds();
    Image result = ImageReader.read(out);
    assertEquals(width + "x" + height, result.width() + "x" + result.height());
  }

  @Test
  void aSelfEnsembleIsAnotherPicture() {
    Path in = picture("a.png", 9, 6, 4, 8);
    Path one = folder.resolve("one.png");
    Path eight = folder.resolve("eight.png");
    assertEquals(false, upscale(in, "-o", one, "-s", 2, "--json").json().get("self_ensemble"));
    CommandLineRun run = upscale(in, "-o", eight, "-s", 2, "--tta", "--json").succeeds();
    assertEquals(true, run.json().get("self_ensemble"));
    Image single = ImageReader.read(one);
    Image ensemble = ImageReader.read(eight);
    assertEquals(single.header(), ensemble.header());
    assertFalse(single.samples().equals(ensemble.samples()));
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1, 3, 8",
    "1, 1, 1, 8",
    "9, 5, 1, 16",
    "5, 9, 3, 16",
    "6, 7, 4, 8",
    "7, 6, 2, 16"
  })
  void sizeIsFourTimesAndDepthGrayAndAlphaStay(int width, int height, int channels, int depth) {
    Path out = folder.resolve("out.png");
    upscale(picture("in.png", width, height, channels, depth), "-o", out, "-k", "50%").succeeds();
    Image image = ImageReader.read(out);
    assertEquals(
        List.of(4 * width, 4 * height, channels, depth),
        List.of(image.width(), image.height(), image.channels(), image.bitDepth()));
  }

  @Test
  void namesInAnyScriptWork() {
    Path out = folder.resolve("größer-拡大.png");
    upscale("-i", picture("фото ü 写真.png", 4, 4, 3, 8), "-o", out).succeeds();
    assertEquals(16, ImageReader.read(out).width());
  }

  @Test
  void reportIsALineAPictureAndTheDevice() {
    Path in = picture("in.png", 16, 16, 3, 8);
    Path out = folder.resolve("o.png");
    List<String> lines = upscale(in, "-o", out, "-k", "25%").succeeds().out().lines().toList();
    assertEquals(2, lines.size(), lines::toString);
    String told = "%s 16x16 -> %s 64x64, 25.0%% refined, ".formatted(in, out);
    assertTrue(lines.get(0).matches("\\Q" + told + "\\E\\d+\\.\\d\\d s"), lines::toString);
    assertEquals("device plain Java, model fsrcnn-x4, variant mask", lines.get(1), "no more");
  }

  @Test
  void explanationNamesStagesAndK() {
    Path in = picture("in.png", 16, 16, 3, 8);
    Path out = folder.resolve("o.png");
    String told = upscale(in, "-o", out, "-k", "25%", "-v").succeeds().out();
    for (String part :
        List.of(
            "decode ",
            "base ",
            "mask ",
            "top-k ",
            "refine ",
            "encode ",
            "total ",
            "slowest: ",
            "K = 25%, patches of 4x4",
            "fp32")) {
      assertTrue(told.contains(part), () -> "no '" + part + "' in: " + told);
    }
    for (String[] patchless : new String[][] {{"-m", "rfdn-x4"}, {"--variant", "full"}}) {
      String other = upscale(in, "-o", out, "-v", patchless[0], patchless[1]).succeeds().out();
      assertFalse(other.contains("K = "), other);
    }
  }

  @Test
  void aPictureIsToldOfAsSoonAsItIsWritten() {
    Path first = picture("a.png", 4, 4, 3, 8);
    Path second = picture("b.png", 40, 40, 3, 8);
    Path out = folder.resolve("out");
    List<Boolean> secondWritten = new ArrayList<>();
    StringWriter told =
        new StringWriter() {
          @Override
          public void write(String text, int from, int count) {
            if (text.startsWith(first.toString())) {
              secondWritten.add(Files.exists(out.resolve("b.png")));
            }
            super.write(text, from, count);
          }
        };
    String[] arguments = {
      "upscale", "-d", "java", first.toString(), second.toString(), "-o", out.toString()
    };
    assertEquals(
        Main.DONE, Main.run(new PrintWriter(told), new PrintWriter(new StringWriter()), arguments));
    assertEquals(List.of(false), secondWritten, told::toString);
  }

  @Test
  void jsonIsAloneOnStdout() {
    CommandLineRun run =
        upscale(picture("in.png", 8, 8, 3, 8), "-o", folder.resolve("o.png"), "--json", "-k", 1)
            .succeeds();
    Map<?, ?> file = (Map<?, ?>) ((List<?>) run.json().get("files")).get(0);
    assertEquals(1, file.get("k"));
    assertEquals(4, file.get("patches"));
    assertTrue(((Map<?, ?>) file.get("stages_ms")).containsKey("decode"));
  }

  @Test
  void folderGoesToDirectoryAndBadFilesAreReported() throws IOException {
    Path in = Files.createDirectory(folder.resolve("in"));
    Files.move(picture("a.png", 4, 4, 3, 8), in.resolve("a.png"));
    Files.move(picture("c.tif", 4, 4, 3, 8), in.resolve("c.tif"));
    Files.writeString(in.resolve("b.png"), "no picture");
    Files.writeString(in.resolve("notes.txt"), "no picture either");
    Path out = folder.resolve("out/deep");
    CommandLineRun run = upscale(in, "-o", out, "-k", "none");
    assertEquals(Main.BAD_USAGE, run.exitCode());
    assertTrue(run.err().contains("b.png"), run::err);
    assertEquals(16, ImageReader.read(out.resolve("a.png")).width());
    assertEquals(16, ImageReader.read(out.resolve("c.tif")).width());
    assertFalse(Files.exists(out.resolve("b.png")));
  }

  @Test
  void aFolderGivesTheBytesOfOneByOneInOrderAndNamesTheSlowestStage() throws IOException {
    Path in = Files.createDirectory(folder.resolve("in"));
    List<String> names = List.of("a.png", "b.png", "c.tif", "d.png", "e.png");
    for (int i = 0; i < names.size(); i++) {
      Files.move(picture(names.get(i), 4 + i, 9 - i, 3, 8), in.resolve(names.get(i)));
    }
    Files.writeString(in.resolve("bb.png"), "no picture");
    Path out = folder.resolve("out");
    CommandLineRun run = upscale(in, "-o", out, "--json");
    assertEquals(Main.BAD_USAGE, run.exitCode());
    List<?> files = (List<?>) run.json().get("files");
    assertEquals(
        List.of("a.png", "b.png", "bb.png", "c.tif", "d.png", "e.png"),
        files.stream().map(f -> Path.of(name(f)).getFileName().toString()).toList());
    assertEquals(Set.of("input", "error"), ((Map<?, ?>) files.get(2)).keySet());
    Map<?, ?> batch = (Map<?, ?>) run.json().get("batch");
    assertEquals(6, batch.get("pictures"));
    Map<?, ?> stages = (Map<?, ?>) batch.get("stages_ms");
    assertEquals(List.of("decode", "compute", "encode"), List.copyOf(stages.keySet()));
    assertTrue(stages.containsKey(batch.get("slowest")));
    for (String name : names) {
      Path alone = folder.resolve("alone-" + name);
      String report = upscale(in.resolve(name), "-o", alone).succeeds().out();
      assertFalse(report.contains("pictures in"), report);
      assertEquals(-1, Files.mismatch(alone, out.resolve(name)), name);
    }
    String told = upscale(in.resolve("a.png"), in.resolve("b.png"), "-o", out).succeeds().out();
    assertTrue(told.contains("2 pictures in "), told);
  }

  @Test
  void picturesWhoseOutputIsThereAreSkippedIfWanted() throws IOException {
    Path a = picture("a.png", 4, 4, 3, 8);
    Path b = picture("b.png", 4, 4, 3, 8);
    Path out = Files.createDirectory(folder.resolve("out"));
    Path there = Files.writeString(out.resolve("a.png"), "made before");
    CommandLineRun run = upscale(a, b, "-o", out, "--skip-existing").succeeds();
    assertTrue(run.out().startsWith("skipped 1 of 2 pictures: "), run::out);
    assertEquals("made before", Files.readString(there));
    assertEquals(16, ImageReader.read(out.resolve("b.png")).width());
    Map<String, Object> json = upscale(a, b, "-o", out, "--skip-existing", "--json").json();
    assertEquals(2, json.get("skipped"));
    assertEquals(List.of(), json.get("files"));
    upscale(a, b, "-o", out).succeeds();
    assertEquals(16, ImageReader.read(there).width());
    upscale(a, "-o", folder, "--skip-existing").isRefused("overwrite");
  }

  @Test
  void whatIsLeftOutOfAFolderIsTold() throws IOException {
    Path in = Files.createDirectory(folder.resolve("in"));
    Files.move(picture("a.png", 4, 4, 3, 8), in.resolve("a.png"));
    Path out = folder.resolve("out");
    assertFalse(upscale(in, "-o", out).succeeds().err().contains("left out"));
    Files.writeString(in.resolve(".hidden"), "of no interest");
    Files.writeString(in.resolve("notes.txt"), "no picture");
    Files.writeString(in.resolve("raw.cr2"), "no picture either");
    Files.createDirectory(in.resolve("more.png"));
    String told = upscale(in, "-o", out).succeeds().err();
    assertTrue(told.contains("left out of " + in + ": 2 files of other types, 1 folder\n"), told);
  }

  @Test
  void onlyNamesThatMeetGetTheirExtensionAdded() throws IOException {
    Path in = Files.createDirectory(folder.resolve("in"));
    Path picture = picture("in.png", 4, 4, 3, 8);
    // The content decides the format, not the name.
    for (String name : List.of("a.bmp", "a.gif", "b.bmp", "c.bmp", "c.png")) {
      Files.copy(picture, in.resolve(name));
    }
    Path out = folder.resolve("out");
    upscale(in, "-o", out).succeeds();
    try (Stream<Path> files = Files.list(out)) {
      assertEquals(
          List.of("a.bmp.png", "a.gif.png", "b.png", "c.bmp.png", "c.png"),
          files.map(file -> file.getFileName().toString()).sorted().toList());
    }
  }

  @Test
  void aFileOfSeveralPicturesIsWarnedOf() throws IOException {
    Path pages = folder.resolve("pages.tif");
    BufferedImage page = new BufferedImage(4, 4, BufferedImage.TYPE_3BYTE_BGR);
    javax.imageio.ImageWriter writer = ImageIO.getImageWritersByFormatName("tiff").next();
    try (ImageOutputStream stream = ImageIO.createImageOutputStream(pages.toFile())) {
      writer.setOutput(stream);
      writer.prepareWriteSequence(null);
      writer.writeToSequence(new IIOImage(page, null, null), null);
      writer.writeToSequence(new IIOImage(page, null, null), null);
      writer.endWriteSequence();
    }
    Path out = folder.resolve("o.png");
    String told = upscale(pages, "-o", out).succeeds().err();
    assertTrue(told.contains(pages + ": only the first of its 2 pictures is upscaled"), told);
    assertFalse(upscale(out, "-o", pages).succeeds().err().contains("first of"));
  }

  @Test
  void anOutputWithoutEndingIsADirectoryIfTheFormatIsGiven() throws IOException {
    Path in = picture("in.png", 4, 4, 3, 8);
    upscale(in, "-o", folder.resolve("new"), "-f", "tif").succeeds();
    assertEquals(16, ImageReader.read(folder.resolve("new/in.tif")).width());
    Path file = Files.createFile(folder.resolve("file"));
    upscale(in, "-o", file, "-f", "tif").isRefused(file, "leave out -f");
  }

  @Test
  void aPictureComesAndGoesThroughPipes() throws IOException {
    Path in = picture("in.png", 4, 4, 3, 8);
    Path out = folder.resolve("o.png");
    upscale(in, "-o", out).succeeds();
    InputStream keyboard = System.in;
    PrintStream screen = System.out;
    ByteArrayOutputStream sent = new ByteArrayOutputStream();
    try {
      System.setIn(Files.newInputStream(in));
      System.setOut(new PrintStream(sent, true, StandardCharsets.UTF_8));
      CommandLineRun run = upscale("-", "-o", "-").succeeds();
      assertEquals("", run.out());
      assertTrue(run.err().contains("4x4"), run.err());
      assertArrayEquals(Files.readAllBytes(out), sent.toByteArray());
      sent.reset();
      upscale(in, "-o", "-", "-f", "jpg").succeeds();
      assertEquals(0xFFD8, ByteBuffer.wrap(sent.toByteArray()).getShort() & 0xFFFF);
      sent.reset();
      System.setIn(new ByteArrayInputStream("no picture".getBytes(StandardCharsets.UTF_8)));
      upscale("-", "-o", "-").isRefused("standard-input");
      assertEquals(0, sent.size());
    } finally {
      System.setIn(keyboard);
      System.setOut(screen);
    }
  }

  @Test
  void debugTellsWhereAPictureFailed() {
    Path out = folder.resolve("o.png");
    String told = upscale(folder.resolve("none.png"), "-o", out, "--debug").err();
    assertTrue(told.contains("at dev.loupe."), told);
  }

  private static String name(Object file) {
    return ((Map<?, ?>) file).get("input").toString();
  }

  @Test
  void maskOutIsAHeatMapOfTheOutputSize() {
    Path mask = folder.resolve("mask.png");
    Path in = picture("in.png", 13, 9, 3, 8);
    upscale(in, "-o", folder.resolve("o.png"), "-k", 3, "--mask-out", mask).succeeds();
    assertEquals(52, ImageReader.read(mask).width());
    upscale(in, "-o", folder.resolve("p.png"), "--variant", "base", "--mask-out", mask)
        .isRefused("--mask-out", "base", "--variant mask");
  }

  @Test
  void aMissingMaskIsNotSkipped() {
    Path mask = folder.resolve("mask.png");
    Path out = folder.resolve("o.png");
    Path in = picture("in.png", 5, 4, 3, 8);
    upscale(in, "-o", out, "-s", 2).succeeds();
    Object[] again = {in, "-o", out, "-s", 2, "--skip-existing", "--mask-out", mask, "--json"};
    assertEquals(0, upscale(again).json().get("skipped"));
    assertEquals(10, ImageReader.read(mask).width());
    assertEquals(1, upscale(again).json().get("skipped"));
  }

  @Test
  void webpIsLosslessUnlessAQualityIsGiven() throws IOException {
    Path in = picture("in.png", 20, 12, 3, 8);
    Path lossless = folder.resolve("d/in.webp");
    upscale(in, "-o", folder.resolve("d"), "-f", "webp").succeeds();
    upscale(in, "-o", folder.resolve("o.png")).succeeds();
    Path lossy = folder.resolve("o.webp");
    upscale(in, "-o", lossy, "--quality", 50).succeeds();
    assertEquals(
        ImageReader.read(folder.resolve("o.png")).samples(), ImageReader.read(lossless).samples());
    assertTrue(Files.size(lossy) < Files.size(lossless) / 2);
  }

  @Test
  void aLinkThatLeadsNowhereFailsAsAPicture() throws IOException {
    picture("a.png", 4, 4, 3, 8);
    Files.createSymbolicLink(folder.resolve("b.png"), folder.resolve("gone.png"));
    CommandLineRun run = upscale(folder, "-o", folder + "/out/");
    assertEquals(Main.BAD_USAGE, run.exitCode(), run::err);
    assertTrue(run.err().contains("b.png: no such file"), run.err());
    assertTrue(Files.exists(folder.resolve("out/a.png")));
  }

  @Test
  void newNamesDifferInMoreThanCase() throws IOException {
    Files.move(picture("a.png", 4, 4, 3, 8), folder.resolve("Photo.gif"));
    Files.move(picture("a.png", 4, 4, 3, 8), folder.resolve("photo.bmp"));
    upscale(folder, "-o", folder + "/out/").succeeds();
    assertTrue(Files.exists(folder.resolve("out/Photo.gif.png")));
    assertTrue(Files.exists(folder.resolve("out/photo.bmp.png")));
  }

  /** Who gives a picture away may not want to tell where it was taken. */
  @ParameterizedTest
  @CsvSource({"png, true", "png, false", "jpg, true", "webp, true"})
  void xmpGoesAlongUnlessItIsStripped(String format, boolean stripped) {
    byte[] xmp = "<x:xmpmeta xmlns:x='adobe:ns:meta/'/>".getBytes(StandardCharsets.UTF_8);
    Path in = folder.resolve("in.png");
    Image image = Image.allocate(4, 4, 3, 8);
    ImageWriter.write(image.withMetadata(image.metadata().withXmp(xmp).withDpi(300)), in);
    Path out = folder.resolve("out." + format);
    upscale(in, "-o", out, "-s", 2, stripped ? "--strip" : "-v").succeeds();
    ImageMetadata left = ImageReader.read(out).metadata();
    assertEquals(stripped, left.xmp() == null);
    if (!format.equals("webp")) {
      assertEquals(300, left.dpi().orElse(0), 1);
    }
  }

  /** What a terminal would take for a command. */
  @Test
  void namesAreShownWithoutControlCharacters() throws IOException {
    Path in = Files.move(picture("a.png", 4, 4, 3, 8), folder.resolve("b\u001b[31m.png"));
    CommandLineRun run = upscale(in, "-o", folder + "/out/").succeeds();
    assertFalse(run.out().contains("\u001b"), run.out());
  }
}
