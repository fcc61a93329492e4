package dev.loupe.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.loupe.image.ImageHeader;
import dev.loupe.image.ImageMetadata;
import dev.loupe.image.ImageReader;
import dev.loupe.image.ImageRows;
import dev.loupe.image.ImageWriter;
import dev.loupe.image.WriteOptions;
import dev.loupe.testing.SharedContext;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests that pictures larger than Java's memory are upscaled, in processes with little of it. (The
 * direct buffers that hold pictures may take as much as -Xmx says.)
 */
@Tag("device")
class SmallHeapTest {
  private static final int LITTLE_MB = 32;

  @TempDir Path folder;

  @BeforeEach
  void skipWithoutDevice() {
    SharedContext.get("lwjgl");
  }

  /** A smooth picture, written row by row. */
  private Path picture(int width, int height, int channels) {
    ImageHeader header = new ImageHeader(width, height, channels, 8, ImageMetadata.NONE);
    Path file = folder.resolve("in-%d.png".formatted(channels));
    ImageWriter.write(
        header,
        file,
        WriteOptions.DEFAULT.withPngLevel(1),
        rows -> {
          ByteBuffer row = ByteBuffer.allocateDirect(header.rowBytes());
          for (int y = 0; y < height; y++) {
            for (int i = 0; i < header.rowBytes(); i++) {
              row.put(i, (byte) ((i + y) / 40 + (i * y) % 7));
            }
            rows.put(row.clear());
          }
        });
    return file;
  }

  private int upscaleInLittleMemory(Object... more) throws Exception {
    List<Object> arguments = new ArrayList<>(List.of("upscale", "--variant", "base"));
    arguments.addAll(List.of(more));
    return runInLittleMemory(arguments.toArray());
  }

  private int runInLittleMemory(Object... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx%dm".formatted(LITTLE_MB));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    Stream.of(arguments).map(Object::toString).forEach(command::add);
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(Redirect.to(folder.resolve("said").toFile()))
        .start()
        .waitFor();
  }

  private String said() throws IOException {
    return Files.readString(folder.resolve("said"));
  }

  /** No encoder holds the result. */
  @ParameterizedTest
  @ValueSource(strings = {"png", "tif", "jpg"})
  void neitherThePictureNorItsResultNeedFit(String format) throws Exception {
    Path in = picture(3400, 3300, 3);
    assertTrue(3400 * 3300 * 3 > LITTLE_MB << 20);
    Path out = folder.resolve("out." + format);
    int exitCode = upscaleInLittleMemory(in, "-o", out, "-m", "fsrcnn-x2", "--memory", "96M", "-v");
    assertEquals(Main.DONE, exitCode, said());
    assertTrue(said().contains("in strips"), said());
    try (ImageRows rows = ImageReader.open(out)) {
      assertEquals(6800, rows.header().width());
      assertEquals(6600, rows.header().height());
    }
    Path held = folder.resolve("held." + format);
    CommandLineRun.of(
            "upscale", "--variant", "base", in, "-o", held, "-m", "fsrcnn-x2", "--memory", "96M")
        .succeeds();
    assertEquals(-1, Files.mismatch(held, out));
  }

  /** Every chunk is right, but the last row has a filter that there is not. */
  @Test
  void damageFoundOnTheWayLeavesNoFile() throws Exception {
    Path bad = folder.resolve("bad.png");
    Files.write(bad, grayPng(2100, 1100, 9));
    assertEquals(Main.BAD_USAGE, upscaleInLittleMemory(bad, "-o", folder.resolve("o.png")), said());
    assertTrue(said().contains("bad.png: damaged: PNG row filter 9"), said());
    assertEquals(List.of("bad.png", "said"), names());
  }

  private static byte[] grayPng(int width, int height, int lastFilter) throws IOException {
    byte[] rows = new byte[height * (width + 1)];
    rows[(height - 1) * (width + 1)] = (byte) lastFilter;
    ByteArrayOutputStream deflated = new ByteArrayOutputStream();
    try (DeflaterOutputStream out = new DeflaterOutputStream(deflated)) {
      out.write(rows);
    }
    ByteBuffer header = ByteBuffer.allocate(13).putInt(width).putInt(height).put((byte) 8);
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    png.writeBytes(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'});
    png.writeBytes(chunk("IHDR", header.array()));
    png.writeBytes(chunk("IDAT", deflated.toByteArray()));
    png.writeBytes(chunk("IEND"));
    return png.toByteArray();
  }

  private static byte[] chunk(String type, byte... body) {
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    CRC32 crc = new CRC32();
    crc.update(name);
    crc.update(body);
    return ByteBuffer.allocate(body.length + 12)
        .putInt(body.length)
        .put(name)
        .put(body)
        .putInt((int) crc.getValue())
        .array();
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void whatIsHeldWholeSaysThatItDoesNotFit() throws Exception {
    Path in = picture(2100, 1100, 2); // alpha is held
    Path out = folder.resolve("out.png");
    int exitCode = upscaleInLittleMemory(in, "-o", out);
    assertTrue(exitCode != Main.DONE, said());
    assertTrue(said().contains("-Xmx"), said());
    assertTrue(Files.notExists(out));
  }

  @Test
  void aPictureThatDoesNotFitIsNotCalledDamaged() throws Exception {
    Path in = picture(3400, 3300, 3);
    assertEquals(Main.FAILED, runInLittleMemory("evaluate", folder), said());
    assertTrue(said().contains(in + ": Java has too little memory"), said());
    assertTrue(said().contains("-Xmx"), said());
    assertFalse(said().contains("damaged"), said());
  }
}
