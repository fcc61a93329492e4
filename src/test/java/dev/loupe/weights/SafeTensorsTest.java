package dev.loupe.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests of {@link SafeTensors} and {@link SafeTensorsWriter}. */
class SafeTensorsTest {
  private static final String SIMPLE =
      "{\"__metadata__\":{\"network\":\"x\"},"
          + "\"h\":{\"dtype\":\"F16\",\"shape\":[2],\"data_offsets\":[0,4]},"
          + "\"i\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[4,12]},"
          + "\"f\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[12,16]}}";
  private static final byte[] SIMPLE_DATA = {
    0, 0x3c, 0, (byte) 0xc0, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0x20, 0x41
  };

  @TempDir Path directory;

  @Test
  void readsEveryTypeFromStreamAndFile() throws IOException {
    byte[] bytes = SafeTensorsBytes.of(SIMPLE, SIMPLE_DATA);
    Path path = Files.write(directory.resolve("simple.safetensors"), bytes);
    for (SafeTensors file : List.of(SafeTensorsBytes.read(bytes), SafeTensors.read(path))) {
      assertEquals(Map.of("network", "x"), file.metadata());
      assertEquals(Set.of("h", "f"), file.names());
      assertArrayEquals(new float[] {1f, -2f}, file.tensor("h").data());
      assertArrayEquals(new long[] {513}, file.integers("i"));
      assertArrayEquals(new float[] {10f}, file.tensor("f").data());
      assertArrayEquals(new int[] {}, file.tensor("f").dims());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'BF16' | [2]   | [0, 4]  | tensor t has dtype BF16, expected one of F32, F16, I64",
        "'F32'  | [2]   | [0, 4]  | takes 8 bytes, its data_offsets span 4",
        "'F16'  | [2]   | [4, 8]  | starts at byte 4, expected 0 where the header ends (gap)",
        "'F16'  | [2]   | [4, 0]  | data_offsets [4, 0], expected [begin, end]",
        "'F16'  | [2]   | [0]     | data_offsets [0], expected [begin, end]",
        "'F16'  | [4]   | [0, 8]  | truncated: tensor t ends at byte 8 of the data, the file holds 4",
        "'F16'  | [1]   | [0, 2]  | the tensors end at byte 2 of the data, the file holds 4",
        "'F16'  | [-2]  | [0, 4]  | shape holds -2, expected a count",
        "'F16'  | [1.5] | [0, 4]  | shape holds 1.5, expected a count",
        "'F16'  | 'x'   | [0, 4]  | shape is x, expected a list of numbers",
        "'F16'  | [1,1,1,1,2] | [0, 4] | has 5 dimensions, at most 4 are known",
        "'F32'  | [65536, 65536] | [0, 4] | larger than 2 GiB",
        "'F32'  | [2147483647, 2147483647, 2147483647, 4] | [0, 0] | larger than 2 GiB",
      })
  void refusesABadEntryInOneLine(String dtype, String shape, String offsets, String expected) {
    String header =
        "{\"t\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":%s}}"
            .formatted(dtype, shape.equals("x") ? "\"x\"" : shape, offsets);
    byte[] bytes = SafeTensorsBytes.of(header, (byte) 0, (byte) 0, (byte) 0, (byte) 0);
    String message =
        assertThrows(WeightsException.class, () -> SafeTensorsBytes.read(bytes)).getMessage();
    assertTrue(message.startsWith("test.safetensors: "), message);
    assertTrue(message.contains(expected), message);
    assertEquals(1, message.lines().count(), message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "[] | does not start with {",
        "{\"a\":{},\"a\":{}} | Duplicate",
        "{\"__metadata__\":{\"a\":\"1\",\"a\":\"2\"}} | Duplicate",
        "{\"__metadata__\":{\"a\":1}} | __metadata__ key a is 1, expected a string",
        "{\"__metadata__\":[]} | __metadata__ is no JSON object",
        "{\"a\":3} | tensor a is no JSON object",
        "{\"a\": | no valid JSON",
      })
  void refusesABadHeaderInOneLine(String header, String expected) {
    String message =
        assertThrows(
                WeightsException.class, () -> SafeTensorsBytes.read(SafeTensorsBytes.of(header)))
            .getMessage();
    assertTrue(message.contains(expected), message);
    assertEquals(1, message.lines().count(), message);
  }

  @Test
  void refusesOverlap() {
    byte[] bytes =
        SafeTensorsBytes.of(
            "{\"a\":{\"dtype\":\"F16\",\"shape\":[2],\"data_offsets\":[0,4]},"
                + "\"b\":{\"dtype\":\"F16\",\"shape\":[1],\"data_offsets\":[2,4]}}",
            new byte[4]);
    String message =
        assertThrows(WeightsException.class, () -> SafeTensorsBytes.read(bytes)).getMessage();
    assertTrue(message.contains("b starts at byte 2, expected 4 where a ends (overlap)"), message);
  }

  @Test
  void refusesEveryTruncationAndAnyExtraByte() throws IOException {
    byte[] bytes = SafeTensorsBytes.of(SIMPLE, SIMPLE_DATA);
    Path path = directory.resolve("cut.safetensors");
    for (int length = 0; length <= bytes.length + 1; length++) {
      if (length != bytes.length) {
        byte[] cut = Arrays.copyOf(bytes, length);
        Files.write(path, cut);
        assertThrows(WeightsException.class, () -> SafeTensorsBytes.read(cut), "length " + length);
        assertThrows(WeightsException.class, () -> SafeTensors.read(path), "length " + length);
      }
    }
  }

  @Test
  void anyFlippedHeaderByteIsReadOrRefusedButNeverCrashes() {
    byte[] bytes = SafeTensorsBytes.of(SIMPLE, SIMPLE_DATA);
    int refused = 0;
    for (int at = 0; at < bytes.length - SIMPLE_DATA.length; at++) {
      for (int value = 0; value < 256; value++) {
        byte[] flipped = bytes.clone();
        flipped[at] = (byte) value;
        try {
          SafeTensorsBytes.read(flipped);
        } catch (WeightsException e) {
          refused++;
          assertEquals(1, e.getMessage().lines().count(), e.getMessage());
        }
      }
    }
    assertTrue(refused > 10_000, "refused only " + refused);
  }

  @Test
  void refusesMissingFilesAndDirectories() {
    Path missing = directory.resolve("none.safetensors");
    assertEquals(
        missing + ": no such file",
        assertThrows(WeightsException.class, () -> SafeTensors.read(missing)).getMessage());
    assertThrows(WeightsException.class, () -> SafeTensors.read(directory));
  }

  @Test
  void writesTheSameBytesWhateverTheOrder() throws IOException {
    NamedTensor a = new NamedTensor("a", new int[] {3}, new float[] {1, -0f, 1e-30f});
    NamedTensor b = new NamedTensor("b", new int[] {1, 2, 1, 2}, new float[] {4, 5, 6, 7});
    Map<String, String> metadata = Map.of("x", "1", "é\"\n", "2", "a", "3");
    Path one = directory.resolve("one.safetensors");
    Path two = directory.resolve("two.safetensors");
    SafeTensorsWriter.write(one, metadata, List.of(a, b), Dtype.F32);
    SafeTensorsWriter.write(two, metadata, List.of(b, a), Dtype.F32);
    byte[] bytes = Files.readAllBytes(one);
    assertArrayEquals(bytes, Files.readAllBytes(two));
    assertEquals(0, (bytes.length - 7 * 4) % 8, "data must start at a multiple of 8");

    SafeTensors read = SafeTensors.read(one);
    assertEquals(metadata, read.metadata());
    assertArrayEquals(a.data(), read.tensor("a").data());
    assertArrayEquals(b.dims(), read.tensor("b").dims());
    assertArrayEquals(b.data(), read.tensor("b").data());
  }

  @Test
  void writesLargeTensorsInBothTypes() {
    float[] data = new float[700_001];
    for (int i = 0; i < data.length; i++) {
      data[i] = (i % 4096) - 2048;
    }
    NamedTensor tensor = new NamedTensor("big", new int[] {data.length}, data);
    for (Dtype dtype : List.of(Dtype.F32, Dtype.F16)) {
      Path path = directory.resolve(dtype + ".safetensors");
      SafeTensorsWriter.write(path, Map.of(), List.of(tensor), dtype);
      assertArrayEquals(data, SafeTensors.read(path).tensor("big").data());
    }
  }

  @Test
  void refusesToWriteWhatWouldNotReadBackAndLeavesTheOldFile() throws IOException {
    Path path = Files.writeString(directory.resolve("old.safetensors"), "old");
    NamedTensor a = new NamedTensor("a", new int[] {1}, new float[] {70000f});
    assertThrows(
        WeightsException.class,
        () -> SafeTensorsWriter.write(path, Map.of(), List.of(a, a), Dtype.F32));
    String message =
        assertThrows(
                WeightsException.class,
                () -> SafeTensorsWriter.write(path, Map.of(), List.of(a), Dtype.F16))
            .getMessage();
    assertTrue(message.contains("tensor a holds 70000.0, beyond float16's 65504.0"), message);
    Path nowhere = directory.resolve("none").resolve("x.safetensors");
    assertThrows(
        UncheckedIOException.class,
        () -> SafeTensorsWriter.write(nowhere, Map.of(), List.of(a), Dtype.F32));
    assertEquals("old", Files.readString(path));
    try (Stream<Path> files = Files.list(directory)) {
      assertEquals(List.of(path), files.toList(), "no temporary file may stay");
    }
  }

  @Test
  void viewsFollowTheChannelRule() {
    float[] six = {1, 2, 3, 4, 5, 6};
    assertEquals(
        "(1, 6, 1, 1)", new NamedTensor("t", new int[] {6}, six).tensor().shape().toString());
    assertEquals(
        "(2, 3, 1, 1)", new NamedTensor("t", new int[] {2, 3}, six).tensor().shape().toString());
    assertEquals(
        "(1, 1, 2, 3)", new NamedTensor("t", new int[] {1, 2, 3}, six).tensor().shape().toString());
    assertEquals(
        "(1, 1, 1, 1)", new NamedTensor("t", new int[0], new float[1]).tensor().shape().toString());
  }

  @Test
  void readsEveryGoldenCase() throws IOException {
    Path golden = Path.of("../shared/golden");
    Assumptions.assumeTrue(Files.isDirectory(golden), "no golden cases at " + golden);
    try (Stream<Path> paths = Files.list(golden)) {
      List<Path> cases = paths.filter(p -> p.toString().endsWith(".safetensors")).toList();
      assertFalse(cases.isEmpty());
      for (Path path : cases) {
        SafeTensors file = SafeTensors.read(path);
        Weights weights = Weights.of(file, "weights.");
        assertEquals(weights.metadata().k(), file.integers("selected").length, path.toString());
        assertTrue(weights.metadata().variants().contains(Variant.MASK), path.toString());
        assertEquals(
            file.tensor("in").dims()[3] * weights.metadata().scale(),
            file.tensor("out.mask").dims()[3]);
      }
    }
  }
}
