package dev.loupe.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.loupe.image.Bicubic;
import dev.loupe.image.Image;
import dev.loupe.image.ImageWriter;
import dev.loupe.image.WriteOptions;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests of crops: the right pixels, turned the right way. */
class TrainingPictureTest {
  @TempDir private Path folder;

  @Test
  void cropsAreTurnedAlike() {
    Image picture = Image.allocate(23, 20, 3, 8);
    for (int i = 0; i < picture.samples().capacity(); i++) {
      picture.samples().put(i, (byte) (i * 31 % 251));
    }
    Path file = folder.resolve("picture.png");
    ImageWriter.write(picture, file, WriteOptions.DEFAULT);
    CropShape shape = new CropShape(2, 5, 2);
    TrainingPicture source = TrainingPicture.read(file, shape, 1);
    Image high = Image.allocate(22, 20, 3, 8);
    for (int y = 0; y < 20; y++) {
      for (int x = 0; x < 66; x++) {
        high.set(x / 3, y, x % 3, picture.get(x / 3, y, x % 3));
      }
    }
    Image low = Bicubic.resize(high, 11, 10);
    int[] colours = {2, 0, 1};
    low = recoloured(low, colours);
    high = recoloured(high, colours);
    for (int turn = 0; turn < 8; turn++) {
      Batch batch = Batch.allocate(shape);
      new TrainingPicture.Crop(source, 3, 1, turn).write(batch, shape, 1, Tint.ordered(colours));
      check(low, batch.lowRes(), 5, 3, 1, turn);
      check(high, batch.highRes(), 10, 6, 2, turn);
    }
  }

  @Test
  void aPictureServesAtSmallerSizesWhereACropFits() {
    Image picture = Image.allocate(26, 22, 3, 8);
    for (int i = 0; i < picture.samples().capacity(); i++) {
      picture.samples().put(i, (byte) (i * 31 % 251));
    }
    ImageWriter.write(picture, folder.resolve("picture.png"));
    CropShape shape = new CropShape(2, 5, 2);
    List<String> warnings = new ArrayList<>();
    TrainingPictures pictures =
        new TrainingPictures(List.of(folder), shape, List.of(1.0, 0.5, 0.4), warnings::add);
    Map<Integer, TrainingPicture> drawn = new TreeMap<>();
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 40; i++) {
      TrainingPicture one = pictures.draw(random);
      drawn.put(one.width(), one);
    }
    assertEquals(Set.of(6, 13), drawn.keySet(), "at 0.4 it is too small");
    TrainingPicture half = drawn.get(6);
    assertEquals(5, half.height());
    Batch batch = Batch.allocate(shape);
    new TrainingPicture.Crop(half, 1, 0, 0).write(batch, shape, 1, Tint.ordered(0, 1, 2));
    check(Bicubic.resize(picture, 13, 11), batch.highRes(), 10, 2, 0, 0);
    assertEquals(List.of(), warnings);
    pictures = new TrainingPictures(List.of(folder), shape, List.of(0.4, 1.0), warnings::add);
    for (int i = 0; i < 20; i++) {
      assertEquals(13, pictures.draw(random).width());
    }
    assertEquals(List.of(), warnings, "that serves at its own size");
  }

  private TrainingPictures pictures(Path under) {
    return new TrainingPictures(List.of(under), new CropShape(2, 5, 2), List.of(1.0), text -> {});
  }

  /** macOS lays a hidden companion beside each picture on foreign disks. */
  @Test
  void hiddenFilesAreNoPictures() throws IOException {
    Files.writeString(folder.resolve("picture.png"), "its pixels are not asked for");
    Files.writeString(folder.resolve("._picture.png"), "no picture");
    assertEquals(1, pictures(folder).files());
  }

  @Test
  void foldersAndPicturesMayBeLinks() throws IOException {
    Path disk = Files.createDirectories(folder.resolve("disk/deep"));
    Path file = Files.writeString(disk.resolve("a.png"), "its pixels are not asked for");
    Path link = Files.createSymbolicLink(folder.resolve("link"), disk.getParent());
    assertEquals(1, pictures(link).files());
    Path data = Files.createDirectory(folder.resolve("data"));
    Files.createSymbolicLink(data.resolve("more"), disk.getParent());
    Files.createSymbolicLink(data.resolve("b.png"), file);
    assertEquals(2, pictures(data).files());
  }

  @Test
  void aLinkToAFolderThatItLiesInIsNamedAndPassedOver() throws IOException {
    Files.writeString(folder.resolve("a.png"), "its pixels are not asked for");
    Path loop = Files.createSymbolicLink(folder.resolve("loop"), folder);
    List<String> warnings = new ArrayList<>();
    CropShape shape = new CropShape(2, 5, 2);
    assertEquals(
        1, new TrainingPictures(List.of(folder), shape, List.of(1.0), warnings::add).files());
    assertEquals(
        List.of("left out: " + loop + ": is a link to a folder that it lies in"), warnings);
  }

  @Test
  void aFolderThatIsNotThereIsRefused() {
    Path missing = folder.resolve("missing");
    String message =
        assertThrows(IllegalArgumentException.class, () -> pictures(missing)).getMessage();
    assertTrue(message.startsWith(missing + ": is no folder"), message);
  }

  /** A file that says to be a JPEG and has more bytes than Java's largest array holds. */
  @Test
  void tooLittleMemoryIsNotThePicturesFault() throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(folder.resolve("large.jpg").toFile(), "rw")) {
      file.write(new byte[] {(byte) 0xFF, (byte) 0xD8, (byte) 0xFF});
      file.setLength(3L << 30);
    }
    SplittableRandom random = new SplittableRandom(1);
    assertThrows(OutOfMemoryError.class, () -> pictures(folder).draw(random));
  }

  private static Image recoloured(Image image, int[] colours) {
    Image out = Image.allocate(image.width(), image.height(), 3, 8);
    for (int y = 0; y < image.height(); y++) {
      for (int x = 0; x < image.width(); x++) {
        for (int c = 0; c < 3; c++) {
          out.set(x, y, c, image.get(x, y, colours[c]));
        }
      }
    }
    return out;
  }

  private static void check(Image image, ByteBuffer crop, int side, int left, int top, int turn) {
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        int u = turn % 2 == 0 ? x : side - 1 - x;
        int v = turn / 2 % 2 == 0 ? y : side - 1 - y;
        int column = left + (turn < 4 ? u : v);
        int row = top + (turn < 4 ? v : u);
        for (int c = 0; c < 3; c++) {
          int at = ((c * side + y) * side + x) * 2 + 1;
          int sample = Byte.toUnsignedInt(crop.get(at));
          assertEquals(image.get(column, row, c), sample, "turn " + turn);
        }
      }
    }
  }
}
