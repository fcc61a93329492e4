package dev.loupe.testing;

import dev.loupe.weights.NamedTensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** A checkpoint as torch.save writes it: a zip of a pickle in protocol 2 and raw storages. */
public final class CheckpointFile {
  private final ByteArrayOutputStream pickle = new ByteArrayOutputStream();

  private CheckpointFile() {}

  /** Writes a state_dict of float tensors. */
  public static void write(Path file, Collection<NamedTensor> tensors) throws IOException {
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      zip.setMethod(ZipOutputStream.STORED);
      CheckpointFile state = new CheckpointFile();
      state.bytes(0x80, 2, '}');
      int key = 0;
      for (NamedTensor tensor : tensors) {
        state.entry(tensor, Integer.toString(key));
        ByteBuffer data =
            ByteBuffer.allocate(4 * tensor.data().length).order(ByteOrder.LITTLE_ENDIAN);
        data.asFloatBuffer().put(tensor.data());
        store(zip, "archive/data/" + key++, data.array());
      }
      state.bytes('.');
      store(zip, "archive/data.pkl", state.pickle.toByteArray());
    }
  }

  private void entry(NamedTensor tensor, String key) {
    text(tensor.name());
    global("torch._utils", "_rebuild_tensor_v2");
    bytes('(', '(');
    text("storage");
    global("torch", "FloatStorage");
    text(key);
    text("cpu");
    number(tensor.data().length);
    bytes('t', 'Q');
    number(0);
    bytes('(');
    int[] dims = tensor.dims();
    for (int extent : dims) {
      number(extent);
    }
    bytes('t', '(');
    for (int i = 0; i < dims.length; i++) {
      int stride = 1;
      for (int j = i + 1; j < dims.length; j++) {
        stride *= dims[j];
      }
      number(stride);
    }
    bytes('t', 0x89);
    global("collections", "OrderedDict");
    bytes(')', 'R', 't', 'R', 's');
  }

  private void bytes(int... values) {
    for (int value : values) {
      pickle.write(value);
    }
  }

  private void number(int value) {
    bytes('J', value, value >> 8, value >> 16, value >> 24);
  }

  private void text(String value) {
    byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
    bytes('X', utf8.length, utf8.length >> 8, 0, 0);
    pickle.writeBytes(utf8);
  }

  private void global(String module, String name) {
    bytes('c');
    pickle.writeBytes((module + "\n" + name + "\n").getBytes(StandardCharsets.US_ASCII));
  }

  private static void store(ZipOutputStream zip, String name, byte[] data) throws IOException {
    CRC32 crc = new CRC32();
    crc.update(data);
    ZipEntry entry = new ZipEntry(name);
    entry.setSize(data.length);
    entry.setCrc(crc.getValue());
    zip.putNextEntry(entry);
    zip.write(data);
    zip.closeEntry();
  }
}
