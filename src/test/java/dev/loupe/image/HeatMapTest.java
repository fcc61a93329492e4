package dev.loupe.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Heat maps: brightness follows the mask, outlines lie around the selected cells. */
class HeatMapTest {
  private static int sum(Image image, int x, int y) {
    return image.get(x, y, 0) + image.get(x, y, 1) + image.get(x, y, 2);
  }

  private static List<Integer> pixel(Image image, int x, int y) {
    return List.of(image.get(x, y, 0), image.get(x, y, 1), image.get(x, y, 2));
  }

  @Test
  void brightnessRisesWithTheMask() {
    Image background = Image.allocate(80, 10, 3, 8);
    float[] mask = {0, 0.1f, 0.2f, 0.4f, 0.5f, 0.7f, 0.9f, 1};
    Image map = HeatMap.render(background, mask, 8, 1, 10, new int[0]);
    for (int cell = 1; cell < 8; cell++) {
      assertTrue(sum(map, cell * 10 + 5, 5) > sum(map, cell * 10 - 5, 5), "cell " + cell);
    }
  }

  @Test
  void neighboursShareOneOutline() {
    Image background = Pictures.waves(40, 30, 1, 16);
    Image map = HeatMap.render(background, new float[12], 4, 3, 10, new int[] {5, 6});
    List<Integer> line = List.of(64, 224, 255);
    assertEquals("Image(40x30, 3 channels of 8 bit)", map.toString());
    assertEquals(line, pixel(map, 10, 15));
    assertEquals(line, pixel(map, 29, 15));
    assertEquals(line, pixel(map, 15, 10));
    assertEquals(line, pixel(map, 25, 19));
    assertNotEquals(line, pixel(map, 19, 15));
    assertNotEquals(line, pixel(map, 20, 15));
    assertNotEquals(line, pixel(map, 9, 15));
    assertNotEquals(line, pixel(map, 15, 15));
  }

  @Test
  void cellsBeyondTheEdgeAreCut() {
    Image map =
        HeatMap.render(Pictures.noise(7, 5, 4, 8), new float[] {1, 2}, 2, 1, 6, new int[] {1});
    assertEquals(List.of(64, 224, 255), pixel(map, 6, 4));
  }

  @Test
  void refusesWhatDoesNotFit() {
    Image image = Image.allocate(4, 4, 1, 8);
    assertThrows(
        IllegalArgumentException.class,
        () -> HeatMap.render(image, new float[3], 2, 2, 2, new int[0]));
    assertThrows(
        IllegalArgumentException.class,
        () -> HeatMap.render(image, new float[4], 2, 2, 2, new int[] {4}));
  }
}
