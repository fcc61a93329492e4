package dev.loupe.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.loupe.image.Bicubic;
import dev.loupe.image.Image;
import dev.loupe.image.ImageWriter;
import dev.loupe.image.WriteOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which files of a folder make a pair, and what is made of a picture alone. */
class PictureFolderTest {
  @TempDir Path folder;

  private Image write(String name, int width, int height) {
    Image picture = Image.allocate(width, height, 3, 8);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        for (int c = 0; c < 3; c++) {
          picture.set(x, y, c, (x * 7 + y * 13 + c * 31) % 256);
        }
      }
    }
    ImageWriter.write(picture, folder.resolve(name), WriteOptions.DEFAULT);
    return picture;
  }

  private List<PictureFolder.Entry> entries() {
    return PictureFolder.of(folder).entries();
  }

  @Test
  void pairsStandOnceAndLowResPicturesAloneNot() throws IOException {
    write("b_HR.png", 16, 16);
    write("b_LR.png", 4, 4);
    write("lonely_LR.png", 4, 4);
    write("a.png", 16, 16);
    Files.writeString(folder.resolve("readme.txt"), "no picture");
    Files.createDirectory(folder.resolve("folder.png"));
    assertEquals(List.of("a", "b"), entries().stream().map(PictureFolder.Entry::name).toList());
    assertTrue(entries().get(0).lowRes().isEmpty());
    assertEquals(folder.resolve("b_LR.png"), entries().get(1).lowRes().orElseThrow());
  }

  @Test
  void picturesOfOneStemAreToldApart() {
    write("a.png", 16, 16);
    write("a.tif", 16, 16);
    write("a_HR.png", 16, 16);
    write("b.png", 16, 16);
    assertEquals(
        List.of("a.png", "a.tif", "a_HR.png", "b"),
        entries().stream().map(PictureFolder.Entry::name).toList());
  }

  @Test
  void aNameThatHappensToEndInLrOrHrIsAPictureAlone() {
    write("dslr.png", 16, 16);
    write("mohr.png", 16, 16);
    assertEquals(
        List.of("dslr", "mohr"), entries().stream().map(PictureFolder.Entry::name).toList());
    assertTrue(entries().stream().allMatch(entry -> entry.lowRes().isEmpty()));
  }

  /** macOS lays a hidden companion beside each picture on foreign disks. */
  @Test
  void hiddenFilesAreNoPictures() throws IOException {
    write("a.png", 16, 16);
    Files.writeString(folder.resolve("._a.png"), "no picture");
    assertEquals(List.of("a"), entries().stream().map(PictureFolder.Entry::name).toList());
  }

  @Test
  void aPictureAloneIsCutToWholePatchesAndShrunk() {
    Image picture = write("a.png", 71, 53);
    PicturePair pair = entries().get(0).read(3, 4);
    assertEquals(60, pair.highRes().width());
    assertEquals(48, pair.highRes().height());
    assertEquals(picture.get(59, 47, 1), pair.highRes().get(59, 47, 1));
    Image expected = Bicubic.resize(pair.highRes(), 20, 16);
    assertEquals(expected.samples(), pair.lowRes().samples());
  }

  @Test
  void aPairIsTakenAsItIs() {
    write("a_HR.png", 46, 31);
    Image small = write("a_LR.png", 15, 10);
    PicturePair pair = entries().get(0).read(3, 4);
    assertEquals(45, pair.highRes().width());
    assertEquals(30, pair.highRes().height());
    assertEquals(small.samples(), pair.lowRes().samples());
  }

  @Test
  void sizesThatDoNotFitAreRefused() {
    write("a_HR.png", 48, 30);
    write("a_LR.png", 15, 10);
    assertThrows(IllegalArgumentException.class, () -> entries().get(0).read(3, 4));
    assertThrows(IllegalArgumentException.class, () -> entries().get(0).read(4, 4));
    write("small.png", 11, 30);
    assertThrows(IllegalArgumentException.class, () -> entries().get(1).read(3, 4));
  }

  @Test
  void aFolderWithoutPicturesIsRefused() {
    assertThrows(IllegalArgumentException.class, this::entries);
    Path missing = folder.resolve("missing");
    assertThrows(IllegalArgumentException.class, () -> PictureFolder.of(missing));
  }
}
