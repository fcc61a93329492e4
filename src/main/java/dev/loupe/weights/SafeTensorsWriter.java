package dev.loupe.weights;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.loupe.file.AtomicFile;
import dev.loupe.file.IoReason;
import dev.loupe.tensor.Half;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The writer of safetensors files: same content, same bytes; a file appears whole or not at all.
 *
 * <p>Tensors are sorted by name, metadata by key, and the data starts at a multiple of 8 bytes.
 */
public final class SafeTensorsWriter {
  private static final int CHUNK_BYTES = 1 << 20;

  private SafeTensorsWriter() {}

  /**
   * Writes a file, replacing one that is there.
   *
   * @param metadata the {@code __metadata__} strings
   * @param tensors what to write, in any order
   * @param dtype {@link Dtype#F32} or {@link Dtype#F16} (rounded to nearest, ties to even)
   * @throws WeightsException if two tensors share a name or a value does not fit the type
   * @throws UncheckedIOException if the file cannot be written; what was there before stays
   */
  public static void write(
      Path file, Map<String, String> metadata, Collection<NamedTensor> tensors, Dtype dtype) {
    write(file, metadata, tensors, tensor -> dtype);
  }

  /** As {@link #write(Path, Map, Collection, Dtype)}, each tensor with a type of its own. */
  static void write(
      Path file,
      Map<String, String> metadata,
      Collection<NamedTensor> tensors,
      Function<NamedTensor, Dtype> dtypes) {
    List<NamedTensor> sorted = sorted(file, tensors, dtypes);
    try {
      AtomicFile.write(
          file,
          out -> {
            out.write(header(metadata, sorted, dtypes));
            for (NamedTensor tensor : sorted) {
              writeElements(out, tensor.data(), dtypes.apply(tensor));
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(
          "%s: cannot be written: %s".formatted(file, IoReason.of(e)), e);
    }
  }

  private static List<NamedTensor> sorted(
      Path file, Collection<NamedTensor> tensors, Function<NamedTensor, Dtype> dtypes) {
    List<NamedTensor> sorted = new ArrayList<>(tensors);
    sorted.sort(Comparator.comparing(NamedTensor::name));
    String before = SafeTensorsHeader.METADATA;
    for (NamedTensor tensor : sorted) {
      if (tensor.name().equals(before) || tensor.name().equals(SafeTensorsHeader.METADATA)) {
        throw new WeightsException(
            "%s: tensor name %s is taken; give each tensor its own".formatted(file, tensor.name()));
      }
      before = tensor.name();
      Dtype dtype = dtypes.apply(tensor);
      if (dtype == Dtype.I64) {
        throw new IllegalArgumentException("dtype I64 cannot hold weights; choose F32 or F16");
      }
      if (dtype == Dtype.F16) {
        tensor.requireFitsHalf(file.toString());
      }
    }
    return sorted;
  }

  private static byte[] header(
      Map<String, String> metadata, List<NamedTensor> tensors, Function<NamedTensor, Dtype> dtypes)
      throws IOException {
    Map<String, Object> fields = new LinkedHashMap<>();
    if (!metadata.isEmpty()) {
      fields.put(SafeTensorsHeader.METADATA, new TreeMap<>(metadata));
    }
    long position = 0;
    for (NamedTensor tensor : tensors) {
      Dtype dtype = dtypes.apply(tensor);
      long end = position + (long) tensor.data().length * dtype.bytes();
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("dtype", dtype.name());
      entry.put("shape", tensor.dims());
      entry.put("data_offsets", new long[] {position, end});
      fields.put(tensor.name(), entry);
      position = end;
    }
    byte[] json = JSON.std.asString(fields).getBytes(StandardCharsets.UTF_8);
    byte[] padded = Arrays.copyOf(json, (json.length + 7) / 8 * 8);
    Arrays.fill(padded, json.length, padded.length, (byte) ' ');
    ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES + padded.length);
    return bytes.order(ByteOrder.LITTLE_ENDIAN).putLong(padded.length).put(padded).array();
  }

  private static void writeElements(OutputStream out, float[] data, Dtype dtype)
      throws IOException {
    ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : data) {
      if (chunk.remaining() < dtype.bytes()) {
        out.write(chunk.array(), 0, chunk.position());
        chunk.clear();
      }
      if (dtype == Dtype.F16) {
        chunk.putShort(Half.fromFloat(value));
      } else {
        chunk.putFloat(value);
      }
    }
    out.write(chunk.array(), 0, chunk.position());
  }
}
