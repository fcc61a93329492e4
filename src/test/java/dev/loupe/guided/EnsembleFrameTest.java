package dev.loupe.guided;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.loupe.image.Image;
import dev.loupe.network.Fsrcnn;
import dev.loupe.network.RandomWeights;
import dev.loupe.weights.Variant;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests of {@link EnsembleFrameRunner}, in plain Java, against eight frames run one by one. */
class EnsembleFrameTest {
  private static final GuidedScheme SCHEME =
      new GuidedScheme(Fsrcnn.ofScale(3), new RandomWeights(5, 0.5f), 4, 1f, 64);

  private static FrameSpec spec(Image picture, Variant variant) {
    return FrameSpec.pixels(
        picture.width(),
        picture.height(),
        picture.channels(),
        picture.bitDepth(),
        variant,
        PatchCount.of(3));
  }

  private static FrameRunner single(FrameSpec spec) {
    return new ReferenceFrameRunner(SCHEME.build(spec));
  }

  private static EnsembleFrameRunner ensemble(FrameSpec spec) {
    return new EnsembleFrameRunner(SCHEME.build(spec), spec, EnsembleFrameTest::single);
  }

  private static Image run(FrameRunner runner, Image picture) {
    Image result =
        Image.allocate(
            picture.width() * 3, picture.height() * 3, picture.channels(), picture.bitDepth());
    double[] last = {0};
    runner.run(
        picture.samples(),
        result.samples(),
        done -> {
          assertTrue(done >= last[0] && done <= 1, "progress " + done);
          last[0] = done;
        });
    return result;
  }

  private static Image noise(int width, int height, int channels, int bitDepth) {
    Image image = Image.allocate(width, height, channels, bitDepth);
    Random random = new Random(width);
    return mapped(image, width, height, (x, y, c) -> random.nextInt(1 << bitDepth));
  }

  /** The value of a sample. */
  private interface Sample {
    int at(int x, int y, int c);
  }

  private static Image mapped(Image like, int width, int height, Sample sample) {
    Image image = Image.allocate(width, height, like.channels(), like.bitDepth());
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        for (int c = 0; c < like.channels(); c++) {
          image.set(x, y, c, sample.at(x, y, c));
        }
      }
    }
    return image;
  }

  private static Image mirrored(Image a) {
    int right = a.width() - 1;
    return mapped(a, a.width(), a.height(), (x, y, c) -> a.get(right - x, y, c));
  }

  /** A quarter turn to the left. */
  private static Image turned(Image a) {
    int across = a.height();
    int down = a.width();
    return mapped(a, across, down, (x, y, c) -> a.get(down - 1 - y, x, c));
  }

  private static Image turned(Image a, int quarters) {
    Image turned = a;
    for (int i = 0; i < quarters; i++) {
      turned = turned(turned);
    }
    return turned;
  }

  private static Image wide(Image a) {
    Image wide = Image.allocate(a.width(), a.height(), a.channels(), 16);
    int factor = a.bitDepth() == 16 ? 1 : 257;
    return mapped(wide, a.width(), a.height(), (x, y, c) -> a.get(x, y, c) * factor);
  }

  /** The rounded mean of eight results, each turned back. */
  private static Image expected(Image picture, Variant variant) {
    Image[] results = new Image[8];
    for (int i = 0; i < results.length; i++) {
      boolean mirrors = i >= 4;
      Image way = wide(turned(mirrors ? mirrored(picture) : picture, i % 4));
      try (FrameRunner runner = single(spec(way, variant))) {
        Image back = turned(run(runner, way), (4 - i % 4) % 4);
        results[i] = mirrors ? mirrored(back) : back;
      }
    }
    double divisor = results.length * (picture.bitDepth() == 16 ? 1.0 : 257.0);
    return mapped(
        picture,
        picture.width() * 3,
        picture.height() * 3,
        (x, y, c) -> {
          double sum = Arrays.stream(results).mapToDouble(image -> image.get(x, y, c)).sum();
          return (int) Math.floor((2 * sum + divisor) / (2 * divisor)); // exact where it is a tie
        });
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1, 3, 8",
    "5, 3, 3, 8",
    "3, 7, 1, 8",
    "4, 4, 3, 16",
    "17, 1, 1, 16",
    "1, 6, 3, 8"
  })
  void isTheMeanOfTheEightSymmetries(int width, int height, int channels, int bitDepth) {
    Image picture = noise(width, height, channels, bitDepth);
    for (Variant variant : new Variant[] {Variant.BASE, Variant.MASK}) {
      try (FrameRunner runner = ensemble(spec(picture, variant))) {
        Image expected = expected(picture, variant);
        assertEquals(expected.samples(), run(runner, picture).samples(), "first run");
        assertEquals(expected.samples(), run(runner, picture).samples(), "second run");
      }
    }
  }

  /** The larger result goes on in two parts. */
  @ParameterizedTest
  @CsvSource({"9, 6, 8", "160, 130, 16"})
  void whatIsTurnedComesOutTurned(int width, int height, int bitDepth) {
    Image picture = noise(width, height, 3, bitDepth);
    Image turned = turned(mirrored(picture));
    try (FrameRunner upright = ensemble(spec(picture, Variant.BASE));
        FrameRunner other = ensemble(spec(turned, Variant.BASE))) {
      Image expected = turned(mirrored(run(upright, picture)));
      assertEquals(expected.samples(), run(other, turned).samples());
    }
  }

  @Test
  void rowsMayComeAndGoInAnyParts() {
    Image picture = noise(7, 11, 3, 8);
    FrameSpec spec = spec(picture, Variant.BASE);
    try (FrameRunner whole = ensemble(spec);
        FrameRunner inParts =
            new EnsembleFrameRunner(
                SCHEME.build(spec), spec, one -> new RowsInParts(SCHEME.build(one)))) {
      assertEquals(run(whole, picture).samples(), run(inParts, picture).samples());
    }
  }

  @Test
  void maskAndPatchesAreThoseOfTheUprightPicture() {
    Image picture = noise(13, 10, 3, 16);
    try (FrameRunner upright = single(spec(picture, Variant.MASK));
        FrameRunner ensemble = ensemble(spec(picture, Variant.MASK))) {
      run(upright, picture);
      run(ensemble, picture);
      assertArrayEquals(upright.selected(), ensemble.selected());
      assertArrayEquals(upright.mask().orElseThrow(), ensemble.mask().orElseThrow());
    }
  }

  @Test
  void floatsAndGiantsAreRefused() {
    FrameSpec floats = FrameSpec.floats(4, 4, Variant.BASE, PatchCount.ALL);
    assertThrows(IllegalArgumentException.class, () -> ensemble(floats));
    FrameSpec giant = FrameSpec.pixels(9000, 9000, 3, 8, Variant.BASE, PatchCount.ALL);
    assertThrows(IllegalArgumentException.class, () -> ensemble(giant));
  }
}
