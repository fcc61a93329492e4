package dev.loupe.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests of {@link Weights}. */
class WeightsTest {
  private static final ModelMetadata METADATA = ModelMetadata.of("fsrcnn", 4);

  @TempDir Path directory;

  private static NamedTensor vector(String name, float... data) {
    return new NamedTensor(name, new int[] {data.length}, data);
  }

  private static String refusal(Runnable action) {
    return assertThrows(WeightsException.class, action::run).getMessage();
  }

  @Test
  void getNamesTensorExpectedAndFound() {
    Weights weights = Weights.of("m", METADATA, List.of(vector("base.b", 1, 2)));
    assertArrayEquals(new float[] {1, 2}, weights.get("base.b", 2).data());
    assertEquals(
        "m: tensor base.b has shape [2], expected [1, 2]",
        refusal(() -> weights.get("base.b", 1, 2)));
    assertEquals(
        "m: has no tensor base.c, which network fsrcnn x4 needs",
        refusal(() -> weights.get("base.c", 2)));
  }

  @Test
  void unusedTensorsAreListed() {
    Weights weights =
        Weights.of(
            "m", METADATA, List.of(vector("base.a", 1), vector("base.b", 1), vector("mp.c", 1)));
    weights.requireAllUsed(Set.of("base.a", "base.b", "mp.c"));
    assertEquals(
        "m: network fsrcnn x4 has no use for 2 of its tensors: base.b, mp.c",
        refusal(() -> weights.requireAllUsed(Set.of("base.a"))));
  }

  @Test
  void notFiniteNumbersAreRefusedByName() {
    assertEquals(
        "m: tensor base.a holds NaN at element 1, expected finite numbers",
        refusal(() -> Weights.of("m", METADATA, List.of(vector("base.a", 1, Float.NaN)))));
    assertEquals(
        "m: tensor base.a holds -Infinity at element 0, expected finite numbers",
        refusal(
            () -> Weights.of("m", METADATA, List.of(vector("base.a", Float.NEGATIVE_INFINITY)))));
  }

  @Test
  void twoOfANameAndNoneAtAllAreRefused() {
    assertEquals(
        "m: two tensors are named a",
        refusal(() -> Weights.of("m", METADATA, List.of(vector("a", 1), vector("a", 1)))));
    assertEquals("m: holds no weights", refusal(() -> Weights.of("m", METADATA, List.of())));
  }

  /** 2^64 elements are not none. */
  @Test
  void moreElementsThanALongCountsAreNotNone() {
    int[] dims = {1 << 16, 1 << 16, 1 << 16, 1 << 16};
    assertThrows(IllegalArgumentException.class, () -> new NamedTensor("a", dims, new float[0]));
  }

  @Test
  void aSelfCheckOfNoPatchesOrNoPictureIsRefused() {
    Path file = directory.resolve("m.safetensors");
    Weights weights = Weights.of("m", METADATA, List.of(vector("base.a", 1)));
    weights
        .withSelfCheck(SelfCheck.of(1, 1, 4, new float[3], new float[48], -1))
        .write(file, Dtype.F32);
    assertEquals(
        file + ": tensor selfcheck.k is -1 patches, below 0", refusal(() -> Weights.read(file)));
    weights
        .withSelfCheck(SelfCheck.of(0, 1, 4, new float[0], new float[0], 1))
        .write(file, Dtype.F32);
    assertTrue(refusal(() -> Weights.read(file)).contains("is no picture"));
  }

  @Test
  void variantsFollowTheTensorsUnlessStated() {
    NamedTensor base = vector("base.a", 1);
    NamedTensor refine = vector("refine.a", 1);
    NamedTensor mask = vector("mp.a", 1);
    assertEquals(
        List.of(Variant.BASE), Weights.of("m", METADATA, List.of(base)).metadata().variants());
    assertEquals(
        List.of(Variant.BASE, Variant.FULL, Variant.ALL),
        Weights.of("m", METADATA, List.of(base, refine)).metadata().variants());
    assertEquals(
        List.of(Variant.values()),
        Weights.of("m", METADATA, List.of(base, refine, mask)).metadata().variants());
    assertEquals(
        List.of(Variant.FULL),
        Weights.of("m", METADATA.withVariants(List.of(Variant.FULL)), List.of(base, refine))
            .metadata()
            .variants());
  }

  @Test
  void aWrittenModelReadsBack() {
    Path file = directory.resolve("m.safetensors");
    Weights.of("m", METADATA, List.of(vector("base.a", 1, 2), vector("base.b", 3)))
        .write(file, Dtype.F16);
    Weights read = Weights.read(file);
    assertEquals(METADATA.withVariants(List.of(Variant.BASE)), read.metadata());
    assertEquals(3, read.parameters());
    assertEquals(List.of("base.a", "base.b"), List.copyOf(read.names()));
    assertArrayEquals(new float[] {1, 2}, read.get("base.a", 2).data());
  }
}
