package dev.loupe.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that cannot be written, and what is left behind then: nothing. */
class ImageWriterTest {
  @TempDir Path dir;

  private static String failure(Image image, Path file) {
    return assertThrows(ImageException.class, () -> ImageWriter.write(image, file)).getMessage();
  }

  private List<Path> content() throws IOException {
    try (var files = Files.list(dir)) {
      return files.toList();
    }
  }

  @Test
  void refusalsNameTheFix() throws IOException {
    Image image = Pictures.noise(3, 3, 3, 8);
    assertTrue(failure(image, dir.resolve("a.xyz")).contains("use .png"));
    assertTrue(failure(image, dir.resolve("png")).contains("no file extension"));
    assertTrue(failure(image, dir.resolve("no/such/a.png")).contains("create it"));
    assertTrue(failure(Pictures.noise(3, 3, 4, 8), dir.resolve("a.jpg")).contains("use .png"));
    assertTrue(failure(Image.allocate(65_501, 1, 1, 8), dir.resolve("a.jpg")).contains("65501"));
    assertEquals(List.of(), content());
    Files.createDirectory(dir.resolve("d.png"));
    assertTrue(failure(image, dir.resolve("d.png")).contains("is a directory"));
  }

  @Test
  void directoryWithoutRights() throws IOException {
    Path locked = Files.createDirectory(dir.resolve("locked"));
    assertTrue(locked.toFile().setWritable(false, false));
    assumeFalse(Files.isWritable(locked), "this user writes everywhere");
    assertTrue(
        failure(Pictures.noise(2, 2, 1, 8), locked.resolve("a.png")).contains("no permission"));
  }

  @Test
  void failureLeavesTheOldFileAndNoOther() throws IOException {
    Path file = Files.writeString(dir.resolve("a.png"), "old");
    assertThrows(
        IOException.class,
        () ->
            PictureFile.write(
                file,
                out -> {
                  out.write(new byte[100_000]);
                  throw new IOException("disk full");
                }));
    assertEquals("old", Files.readString(file));
    assertEquals(List.of(file), content());
  }

  @Test
  void successReplacesTheOldFileBehindALink() throws IOException {
    Path file = Files.writeString(dir.resolve("a.png"), "old");
    Path link = Files.createSymbolicLink(dir.resolve("link.png"), file);
    Image image = Pictures.noise(3, 2, 2, 16);
    ImageWriter.write(image, link);
    assertTrue(Files.isSymbolicLink(link));
    Pictures.assertSamePixels(image, ImageReader.read(file));
    assertEquals(2, content().size());
  }

  @Test
  void aLinkToNothingBringsItsGoal() throws IOException {
    Path goal = dir.resolve("goal.png");
    Path link = Files.createSymbolicLink(dir.resolve("link.png"), Path.of("goal.png"));
    Image image = Pictures.noise(3, 2, 2, 16);
    ImageWriter.write(image, link);
    assertTrue(Files.isSymbolicLink(link));
    Pictures.assertSamePixels(image, ImageReader.read(goal));
  }

  @Test
  void aCircleOfLinksIsRefused() throws IOException {
    Path link = Files.createSymbolicLink(dir.resolve("link.png"), Path.of("link.png"));
    Image image = Pictures.noise(3, 2, 2, 16);
    assertThrows(ImageException.class, () -> ImageWriter.write(image, link));
  }

  /** Bands of this picture have 499 rows. */
  @ParameterizedTest
  @CsvSource({"8, 1", "8, 498", "8, 499", "8, 500", "16, 7", "16, 1200"})
  void rowsGiveTheFileOfTheWholePicture(int depth, int rowsAtOnce) throws IOException {
    Image image = Pictures.waves(700, 1200, 3, depth);
    for (String name : rowsAtOnce == 7 ? List.of("a.png", "a.tif", "a.jpg") : List.of("a.png")) {
      Path whole = dir.resolve("whole-" + name);
      Path rows = dir.resolve("rows-" + name);
      ImageWriter.write(image, whole);
      ImageWriter.write(
          image.header(),
          rows,
          WriteOptions.DEFAULT,
          sink -> {
            ImageRows source = image.rows();
            for (int y = 0; y < image.height(); y += rowsAtOnce) {
              int count = Math.min(rowsAtOnce, image.height() - y);
              ByteBuffer some = ByteBuffer.allocateDirect(count * image.header().rowBytes());
              source.get(some);
              sink.put(some.flip());
              assertFalse(some.hasRemaining());
            }
          });
      assertEquals(-1, Files.mismatch(whole, rows), name);
    }
  }

  /** Whatever ends a picture's making, its file is as it was before. */
  @ParameterizedTest
  @CsvSource({
    "png, 0",
    "png, 1",
    "png, 599",
    "png, 601",
    "jpg, 0",
    "jpg, 599",
    "jpg, 601",
    "tif, 9",
    "webp, 0",
    "webp, 300",
    "webp, 601"
  })
  void failureAmongRowsLeavesTheOldFileAndNoOther(String format, int rows) throws IOException {
    Image image = Pictures.waves(900, 600, 3, 8);
    Path file = Files.writeString(dir.resolve("a." + format), "old");
    ByteBuffer row = ByteBuffer.allocateDirect(image.header().rowBytes());
    Consumer<RowSink> content =
        sink -> {
          for (int y = 0; y < rows; y++) {
            sink.put(row.clear());
          }
        };
    String told =
        assertThrows(
                IllegalStateException.class,
                () -> ImageWriter.write(image.header(), file, WriteOptions.DEFAULT, content))
            .getMessage();
    assertTrue(told.contains("600"), told);
    Class<? extends Exception> thrown =
        rows > 600 ? IllegalStateException.class : CancellationException.class;
    assertThrows(
        thrown,
        () ->
            ImageWriter.write(
                image.header(),
                file,
                WriteOptions.DEFAULT,
                sink -> {
                  content.accept(sink);
                  throw new CancellationException();
                }));
    assertEquals("old", Files.readString(file));
    assertEquals(List.of(file), content());
  }

  /** What the caller's code throws is the caller's. */
  @ParameterizedTest
  @ValueSource(strings = {"a.png", "a.jpg", "a.tif"})
  void aFailureToFetchRowsIsNoFailureToWriteThem(String name) {
    ImageHeader header = new ImageHeader(9, 7, 3, 8, ImageMetadata.NONE);
    UncheckedIOException stalled = new UncheckedIOException(new IOException("the camera stalled"));
    Consumer<RowSink> content =
        sink -> {
          throw stalled;
        };
    Path file = dir.resolve(name);
    assertSame(
        stalled,
        assertThrows(
            UncheckedIOException.class,
            () -> ImageWriter.write(header, file, WriteOptions.DEFAULT, content)));
  }

  /** No disk is full then. */
  @ParameterizedTest
  @ValueSource(strings = {"a.png", "a.jpg", "a.tif"})
  void anInterruptIsToldAsOne(String name) {
    Thread.currentThread().interrupt();
    String told = failure(Pictures.noise(90, 70, 3, 8), dir.resolve(name));
    assertTrue(Thread.interrupted());
    assertTrue(told.endsWith("interrupted"), told);
  }

  /** As one inside a jar; a TIFF's encoder goes back and forth in a file of its own. */
  @Test
  void picturesMayLieInOtherFileSystems() throws IOException {
    Image image = Pictures.waves(9, 7, 3, 8);
    Path tiff = dir.resolve("a.tif");
    ImageWriter.write(image, tiff);
    URI zip = URI.create("jar:" + dir.resolve("a.zip").toUri());
    try (FileSystem inside = FileSystems.newFileSystem(zip, Map.of("create", "true"))) {
      Files.copy(tiff, inside.getPath("a.tif"));
      ImageWriter.write(image, inside.getPath("a.png"));
      assertTrue(failure(image, inside.getPath("b.tif")).contains("TIFF"));
      for (String name : List.of("a.tif", "a.png")) {
        Pictures.assertClose(image, ImageReader.read(inside.getPath(name)), 0);
        assertEquals(1, ImageReader.count(inside.getPath(name)));
      }
    }
  }

  /** Missing are those that were not put, not whole bands. */
  @Test
  void missingRowsAreCounted() {
    ImageHeader header = new ImageHeader(90, 40, 3, 8, ImageMetadata.NONE);
    Consumer<RowSink> half = sink -> sink.put(ByteBuffer.allocate(20 * header.rowBytes()));
    Path file = dir.resolve("a.png");
    String told =
        assertThrows(
                IllegalStateException.class,
                () -> ImageWriter.write(header, file, WriteOptions.DEFAULT, half))
            .getMessage();
    assertTrue(told.startsWith("20 rows of the 40"), told);
  }

  @Test
  void rowsMayPassTwoGigabytes() {
    ImageHeader large = new ImageHeader(40_000, 30_000, 3, 16, ImageMetadata.NONE);
    assertTrue(ImageWriter.takesRows(dir.resolve("a.jpg"), large));
    assertFalse(ImageWriter.takesRows(dir.resolve("a.tif"), large), "offsets are of 32 bits");
    RowImage picture = new RowImage(large, rows -> rows.position(rows.limit()));
    assertEquals(1, picture.getTile(0, 0).createChild(0, 0, 40_000, 1, 0, 0, null).getHeight());
    assertThrows(
        IllegalStateException.class,
        () -> picture.getTile(0, 0).createChild(0, 2, 40_000, 1, 0, 0, null));
  }

  /** What writes rows to a stream. */
  private interface Encoder {
    void write(ImageHeader header, OutputStream out, Consumer<RowSink> content) throws IOException;
  }

  @Test
  void aFullDiskAmongRowsIsToldAtOnce() {
    fullDisk((header, out, content) -> PngWriter.write(header, out, 4, content));
    fullDisk(
        (header, out, content) ->
            RowPipe.run(
                header, content, rows -> JpegWriter.write(header, out, OptionalInt.empty(), rows)));
  }

  /** Also where the thread that puts rows is interrupted: both threads end, and the cause stays. */
  @Test
  void anInterruptHidesNoFailure() throws IOException {
    ImageHeader header = new ImageHeader(900, 600, 3, 8, ImageMetadata.NONE);
    Thread[] reader = new Thread[1];
    assertThrows(
        CancellationException.class,
        () ->
            RowPipe.run(
                header,
                sink -> {
                  Thread.currentThread().interrupt();
                  throw new CancellationException();
                },
                rows -> {
                  reader[0] = Thread.currentThread();
                  rows.get(ByteBuffer.allocate(header.rowBytes()));
                }));
    assertTrue(Thread.interrupted(), "the interrupt is passed on");
    assertTrue(reader[0] != null, "the reader ran");
  }

  private static void fullDisk(Encoder encoder) {
    Image image = Pictures.noise(900, 4000, 3, 8);
    OutputStream full =
        new OutputStream() {
          private int left = 3_000_000;

          @Override
          public void write(int value) throws IOException {
            if (--left < 0) {
              throw new IOException("disk full");
            }
          }
        };
    int[] rows = {0};
    IOException told =
        assertThrows(
            IOException.class,
            () ->
                encoder.write(
                    image.header(),
                    full,
                    sink -> {
                      ByteBuffer row = ByteBuffer.allocateDirect(image.header().rowBytes());
                      for (ImageRows source = image.rows(); rows[0] < 4000; rows[0]++) {
                        source.get(row.clear());
                        sink.put(row.flip());
                      }
                    }));
    assertEquals("disk full", told.getMessage());
    int bandsHeld = 3 + 2 * Runtime.getRuntime().availableProcessors() + 2;
    assertTrue(rows[0] < bandsHeld * (1 << 20) / image.header().rowBytes(), rows[0] + " rows");
  }

  /** The sink puts at most a megabyte on at a time, and this picture has three. */
  @ParameterizedTest
  @CsvSource({"2, 8", "4, 8", "4, 16"})
  void alphaIsPutIntoRows(int channels, int depth) {
    Image image = Pictures.noise(1024, 800, channels, depth);
    Image joined = Image.allocate(image.header());
    RowSink sink =
        new AlphaSink(
            image.header(), image.alpha().orElseThrow().rows(), RowSink.into(joined.samples()));
    ByteBuffer colour = image.colour().samples();
    int split = 301 * image.colour().header().rowBytes();
    sink.put(colour.limit(split));
    sink.put(colour.limit(colour.capacity()));
    Pictures.assertSamePixels(image, joined);
  }

  @Test
  void sameBytesEveryTime() throws IOException {
    Image image = Pictures.waves(700, 900, 3, 8);
    ImageWriter.write(image, dir.resolve("a.png"));
    ImageWriter.write(image, dir.resolve("b.png"));
    assertArrayEquals(
        Files.readAllBytes(dir.resolve("a.png")), Files.readAllBytes(dir.resolve("b.png")));
  }
}
