package dev.loupe.image;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows that are asked for wrongly are the caller's mistake: the file is not damaged. */
class PngRowsTest {
  private static final int HEIGHT = 7;

  @TempDir Path dir;
  private ImageRows rows;
  private ByteBuffer all;

  @BeforeEach
  void open() {
    Path file = dir.resolve("a.png");
    ImageWriter.write(Pictures.waves(9, HEIGHT, 3, 8), file);
    rows = ImageReader.open(file);
    all = ByteBuffer.allocate((int) rows.header().bytes());
  }

  private void refuses(ByteBuffer wanted) {
    String told = assertThrows(IllegalStateException.class, () -> rows.get(wanted)).getMessage();
    assertTrue(told.contains("rows can be had once"), told);
  }

  @Test
  void rowsCanBeHadOnce() {
    rows.get(all);
    refuses(all.clear());
    rows.close();
  }

  @Test
  void aClosedPictureHasNone() {
    rows.close();
    refuses(all);
  }

  @Test
  void partsOfRowsCannotBeHad() {
    refuses(ByteBuffer.allocate(rows.header().rowBytes() + 1));
    rows.get(all);
    rows.close();
  }
}
