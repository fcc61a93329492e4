package dev.loupe.weights;

import dev.loupe.file.IoReason;
import dev.loupe.tensor.Half;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The contents of one safetensors file, read and checked as a whole.
 *
 * <p>Format: 8 bytes little-endian header length, JSON header, tensor bytes; see
 * https://huggingface.co/docs/safetensors. Nothing in the file is trusted: lengths, ranges, types
 * and names are checked against the file's real size before memory is taken for them.
 */
public final class SafeTensors {
  private static final int CHUNK_BYTES = 1 << 20;

  private final String source;
  private final Map<String, String> metadata;
  private final Map<String, NamedTensor> tensors = new LinkedHashMap<>();
  private final Map<String, long[]> integers = new LinkedHashMap<>();

  /** Bytes at known positions: an open file, or an array. */
  private interface Bytes {
    long size() throws IOException;

    /** Fills {@code into} from {@code position} on; throws EOFException where the bytes end. */
    void read(ByteBuffer into, long position) throws IOException;
  }

  private SafeTensors(String source, Map<String, String> metadata) {
    this.source = source;
    this.metadata = metadata;
  }

  /**
   * Reads a file; float32 and float16 become float, int64 stays.
   *
   * @throws WeightsException if the file is missing, truncated or not valid, in one line
   */
  public static SafeTensors read(Path file) {
    try (FileChannel channel = FileChannel.open(file)) {
      return read(new FileBytes(channel), file.toString());
    } catch (NoSuchFileException e) {
      throw new WeightsException(file + ": no such file", e);
    } catch (IOException e) {
      throw unreadable(file.toString(), e);
    }
  }

  /**
   * Reads a stream to its end, such as a class path resource; the caller closes it.
   *
   * @param source what messages call the stream
   * @throws WeightsException if the bytes are not a valid file, in one line
   */
  public static SafeTensors read(InputStream stream, String source) {
    try {
      return read(new ArrayBytes(ByteBuffer.wrap(stream.readAllBytes())), source);
    } catch (IOException e) {
      throw unreadable(source, e);
    }
  }

  /** The file's name, as messages use it. */
  public String source() {
    return source;
  }

  /** The {@code __metadata__} strings; empty where the file has none. */
  public Map<String, String> metadata() {
    return metadata;
  }

  /** Names of all tensors of real numbers, in the order of their bytes. */
  public Set<String> names() {
    return Collections.unmodifiableSet(tensors.keySet());
  }

  /** Whether there is a tensor of real numbers of this name. */
  public boolean contains(String name) {
    return tensors.containsKey(name);
  }

  /**
   * The tensor of real numbers of this name.
   *
   * @throws WeightsException if there is none
   */
  public NamedTensor tensor(String name) {
    NamedTensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new WeightsException("%s: has no tensor %s".formatted(source, name));
    }
    return tensor;
  }

  /** Names of all int64 tensors. */
  public Set<String> integerNames() {
    return Collections.unmodifiableSet(integers.keySet());
  }

  /**
   * The elements of the int64 tensor of this name, such as the chosen patches of a golden case.
   *
   * @throws WeightsException if there is none
   */
  public long[] integers(String name) {
    long[] values = integers.get(name);
    if (values == null) {
      throw new WeightsException("%s: has no int64 tensor %s".formatted(source, name));
    }
    return values.clone();
  }

  private static SafeTensors read(Bytes bytes, String source) throws IOException {
    long size = bytes.size();
    ByteBuffer prefix = ByteBuffer.allocate((int) Math.min(size, Long.BYTES));
    bytes.read(prefix, 0);
    long length = headerLength(prefix.flip(), source);
    if (length > size - Long.BYTES) {
      throw new WeightsException(
          "%s: truncated: the header takes %d bytes, the file holds %d"
              .formatted(source, length, size - Long.BYTES));
    }
    ByteBuffer json = ByteBuffer.allocate((int) length);
    bytes.read(json, Long.BYTES);
    SafeTensorsHeader header = SafeTensorsHeader.parse(json.array(), source);
    long dataStart = Long.BYTES + length;
    header.requireFills(size - dataStart, source);

    SafeTensors file = new SafeTensors(source, header.metadata());
    for (SafeTensorsHeader.Entry entry : header.entries()) {
      file.add(entry, bytes, dataStart + entry.begin());
    }
    return file;
  }

  private void add(SafeTensorsHeader.Entry entry, Bytes bytes, long start) throws IOException {
    int elements = entry.elements();
    float[] reals = entry.dtype() == Dtype.I64 ? null : new float[elements];
    long[] wholes = entry.dtype() == Dtype.I64 ? new long[elements] : null;
    int step = CHUNK_BYTES / entry.dtype().bytes();
    ByteBuffer chunk = ByteBuffer.allocate(Math.min(CHUNK_BYTES, elements * entry.dtype().bytes()));
    chunk.order(ByteOrder.LITTLE_ENDIAN);
    for (int done = 0; done < elements; done += step) {
      int count = Math.min(step, elements - done);
      chunk.clear().limit(count * entry.dtype().bytes());
      bytes.read(chunk, start + (long) done * entry.dtype().bytes());
      chunk.flip();
      switch (entry.dtype()) {
        case F32 -> chunk.asFloatBuffer().get(reals, done, count);
        case I64 -> chunk.asLongBuffer().get(wholes, done, count);
        case F16 -> {
          for (int i = 0; i < count; i++) {
            reals[done + i] = Half.toFloat(chunk.getShort());
          }
        }
      }
    }
    if (reals == null) {
      integers.put(entry.name(), wholes);
    } else {
      tensors.put(entry.name(), new NamedTensor(entry.name(), entry.extents(), reals));
    }
  }

  private static long headerLength(ByteBuffer prefix, String source) {
    if (prefix.remaining() < Long.BYTES) {
      throw new WeightsException(
          "%s: not a safetensors file: %d bytes long, a header takes at least 8"
              .formatted(source, prefix.remaining()));
    }
    long length = prefix.order(ByteOrder.LITTLE_ENDIAN).getLong();
    if (length < 2 || length > SafeTensorsHeader.MAX_BYTES) {
      throw new WeightsException(
          "%s: not a safetensors file: header length %s, expected 2 to %d"
              .formatted(source, Long.toUnsignedString(length), SafeTensorsHeader.MAX_BYTES));
    }
    return length;
  }

  private static WeightsException unreadable(String source, IOException e) {
    return new WeightsException("%s: cannot be read: %s".formatted(source, IoReason.of(e)), e);
  }

  private record FileBytes(FileChannel channel) implements Bytes {
    @Override
    public long size() throws IOException {
      return channel.size();
    }

    @Override
    public void read(ByteBuffer into, long position) throws IOException {
      long at = position;
      while (into.hasRemaining()) {
        int count = channel.read(into, at);
        if (count < 0) {
          throw new EOFException("it ends at byte " + at);
        }
        at += count;
      }
    }
  }

  private record ArrayBytes(ByteBuffer bytes) implements Bytes {
    @Override
    public long size() {
      return bytes.capacity();
    }

    @Override
    public void read(ByteBuffer into, long position) {
      into.put(bytes.slice((int) position, into.remaining()));
    }
  }
}
