package dev.loupe.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests of {@link TorchCheckpoint} on files that checkpoints/make.py made with torch.save. */
class TorchCheckpointTest {
  private static final Path FILES = Path.of("src/test/resources/checkpoints");

  @TempDir Path directory;

  private static Map<String, NamedTensor> read(Path file) {
    Map<String, NamedTensor> tensors = new LinkedHashMap<>();
    TorchCheckpoint.read(file).tensors().forEach(t -> tensors.put(t.name(), t));
    return tensors;
  }

  private static String refusal(Path file) {
    String message =
        assertThrows(WeightsException.class, () -> TorchCheckpoint.read(file)).getMessage();
    assertEquals(1, message.lines().count(), message);
    return message;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"state-zip", "state-legacy", "state-protocol4", "wrapped-zip", "wrapped-legacy"})
  void readsEveryFormatTypeAndStride(String name) {
    Map<String, NamedTensor> tensors = read(FILES.resolve(name + ".pth"));
    float[] plain = new float[24];
    float[] transposed = new float[24];
    float[] sliced = new float[8];
    for (int i = 0; i < 2; i++) {
      for (int j = 0; j < 3; j++) {
        for (int k = 0; k < 4; k++) {
          float value = i * 12 + j * 4 + k;
          plain[(i * 3 + j) * 4 + k] = value;
          transposed[(k * 3 + j) * 2 + i] = value;
          if (j >= 1 && k % 2 == 0) {
            sliced[(i * 2 + j - 1) * 2 + k / 2] = value;
          }
        }
      }
    }
    assertEquals(
        List.of(
            "plain",
            "transposed",
            "sliced",
            "expanded",
            "scalar",
            "empty",
            "half",
            "brain",
            "double",
            "counter",
            "parameter"),
        List.copyOf(tensors.keySet()));
    assertTensor(tensors.get("plain"), new int[] {2, 3, 4}, plain);
    assertTensor(tensors.get("transposed"), new int[] {4, 3, 2}, transposed);
    assertTensor(tensors.get("sliced"), new int[] {2, 2, 2}, sliced);
    assertTensor(tensors.get("expanded"), new int[] {2, 2}, 1.5f, 1.5f, 1.5f, 1.5f);
    assertTensor(tensors.get("scalar"), new int[] {}, 7f);
    assertTensor(tensors.get("empty"), new int[] {0, 3});
    assertTensor(tensors.get("half"), new int[] {3}, 0.5f, -65504f, 0x1p-24f);
    assertTensor(tensors.get("brain"), new int[] {2}, 1f, -2.5f);
    assertTensor(tensors.get("double"), new int[] {2}, 0.1f, 1e-40f);
    assertTensor(tensors.get("counter"), new int[] {}, 3f);
    assertTensor(tensors.get("parameter"), new int[] {1, 2}, 1f, 2f);
  }

  private static void assertTensor(NamedTensor tensor, int[] dims, float... data) {
    assertArrayEquals(dims, tensor.dims(), tensor.name());
    assertArrayEquals(data, tensor.data(), tensor.name());
  }

  @ParameterizedTest
  @ValueSource(strings = {"hostile-zip.pth", "hostile-legacy.pth"})
  void aPickleThatWouldRunACommandIsRefusedByTheCommandsName(String name) {
    String message = refusal(FILES.resolve(name));
    assertTrue(message.contains("refused: it wants the Python global posix.system"), message);
    assertFalse(Files.exists(Path.of("/tmp/loupe-hostile-pickle")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"state-zip.pth", "state-legacy.pth"})
  void everyTruncationIsRefused(String name) throws IOException {
    byte[] bytes = Files.readAllBytes(FILES.resolve(name));
    Path file = directory.resolve(name);
    for (int length = 0; length < bytes.length; length++) {
      Files.write(file, Arrays.copyOf(bytes, length));
      refusal(file);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"state-zip.pth", "state-legacy.pth", "hostile-zip.pth"})
  void anyFlippedByteIsReadOrRefusedButNeverCrashes(String name) throws IOException {
    byte[] bytes = Files.readAllBytes(FILES.resolve(name));
    Path file = directory.resolve(name);
    int refused = 0;
    for (int at = 0; at < bytes.length; at++) {
      int[] values = {0, 0xff, bytes[at] ^ 1, 'R'};
      byte[] flipped = bytes.clone();
      flipped[at] = (byte) values[at % values.length];
      Files.write(file, flipped);
      try {
        TorchCheckpoint.read(file);
      } catch (WeightsException e) {
        refused++;
      }
    }
    assertTrue(refused > 250, "refused only " + refused);
  }

  @Test
  void refusesWhatIsNoCheckpoint() throws IOException {
    Path missing = directory.resolve("none.pth");
    assertEquals(missing + ": no such file", refusal(missing));
    Path text = Files.writeString(directory.resolve("text.pth"), "no checkpoint, only some text");
    assertEquals(text + ": not a PyTorch checkpoint", refusal(text));
    assertEquals(
        "weights/fsrcnn-x4.safetensors: not a PyTorch checkpoint",
        refusal(Path.of("weights/fsrcnn-x4.safetensors")));
    assertTrue(refusal(directory).startsWith(directory + ": "));
    Path zip = directory.resolve("other.pth");
    writeZip(zip, ZipEntry.STORED, Map.of("a/readme", new byte[3]));
    assertTrue(refusal(zip).contains("the archive has no data.pkl"));
  }

  @Test
  void refusesZipBombs() throws IOException {
    Path bomb = directory.resolve("bomb.pth");
    writeZip(bomb, ZipEntry.DEFLATED, Map.of("a/data.pkl", new byte[50_000_000]));
    assertTrue(Files.size(bomb) < 100_000);
    assertTrue(refusal(bomb).contains("a/data.pkl is compressed or larger than the file"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"unfold-zip.pth", "unfold-legacy.pth"})
  void refusesTensorsThatUnfoldWithoutBound(String name) {
    String message = refusal(FILES.resolve(name));
    assertTrue(message.contains("unfold to more elements than the file has bytes"), message);
  }

  private static void writeZip(Path file, int method, Map<String, byte[]> entries)
      throws IOException {
    try (OutputStream stream = Files.newOutputStream(file);
        ZipOutputStream zip = new ZipOutputStream(stream)) {
      for (Map.Entry<String, byte[]> content : entries.entrySet()) {
        ZipEntry entry = new ZipEntry(content.getKey());
        entry.setMethod(method);
        if (method == ZipEntry.STORED) {
          CRC32 crc = new CRC32();
          crc.update(content.getValue());
          entry.setSize(content.getValue().length);
          entry.setCrc(crc.getValue());
        }
        zip.putNextEntry(entry);
        zip.write(content.getValue());
      }
    }
  }
}
