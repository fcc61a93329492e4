package dev.loupe.weights;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The checked JSON header of a safetensors file: metadata, and where each tensor's bytes lie.
 *
 * @param metadata the {@code __metadata__} strings, sorted by key
 * @param entries the tensors in the order of their bytes, which fill the data area with no gap
 */
record SafeTensorsHeader(Map<String, String> metadata, List<Entry> entries) {
  static final String METADATA = "__metadata__";

  /** Format limit is 100 MB; a model of 10 000 tensors needs about 1 MB. */
  static final int MAX_BYTES = 16 << 20;

  private static final int MAX_DIMS = 4;

  /** One tensor: name, type, extents and its half-open byte range in the data area. */
  record Entry(String name, Dtype dtype, List<Integer> dims, long begin, long end) {
    int elements() {
      return (int) ((end - begin) / dtype.bytes());
    }

    int[] extents() {
      return dims.stream().mapToInt(Integer::intValue).toArray();
    }
  }

  /**
   * Parses a header and checks everything that does not need the tensors' bytes.
   *
   * @param source the file, for messages
   * @throws WeightsException if the header is not one, or names an unknown dtype or odd offsets
   */
  static SafeTensorsHeader parse(byte[] json, String source) {
    Map<String, Object> fields = fields(json, source);
    Map<String, String> metadata = Map.of();
    List<Entry> entries = new ArrayList<>();
    for (Map.Entry<String, Object> field : fields.entrySet()) {
      if (field.getKey().equals(METADATA)) {
        metadata = metadata(field.getValue(), source);
      } else {
        entries.add(entry(field.getKey(), field.getValue(), source));
      }
    }
    entries.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
    return new SafeTensorsHeader(metadata, List.copyOf(entries));
  }

  /**
   * Checks that the tensors fill the data area exactly.
   *
   * @throws WeightsException if one overlaps another, leaves a gap, or lies outside the file
   */
  void requireFills(long dataBytes, String source) {
    long position = 0;
    String before = "the header";
    for (Entry entry : entries) {
      if (entry.begin() != position) {
        throw new WeightsException(
            "%s: tensor %s starts at byte %d, expected %d where %s ends (%s)"
                .formatted(
                    source,
                    entry.name(),
                    entry.begin(),
                    position,
                    before,
                    entry.begin() < position ? "overlap" : "gap"));
      }
      if (entry.end() > dataBytes) {
        throw new WeightsException(
            "%s: truncated: tensor %s ends at byte %d of the data, the file holds %d"
                .formatted(source, entry.name(), entry.end(), dataBytes));
      }
      position = entry.end();
      before = entry.name();
    }
    if (position != dataBytes) {
      throw new WeightsException(
          "%s: the tensors end at byte %d of the data, the file holds %d"
              .formatted(source, position, dataBytes));
    }
  }

  private static Map<String, Object> fields(byte[] json, String source) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(json)).toString();
      if (!text.startsWith("{")) {
        throw new WeightsException(
            source + ": not a safetensors file: its header does not start with {");
      }
      return JSON.std.with(JSON.Feature.FAIL_ON_DUPLICATE_MAP_KEYS).mapFrom(text);
    } catch (CharacterCodingException e) {
      throw new WeightsException(
          source + ": not a safetensors file: its header is not UTF-8 text", e);
    } catch (IOException e) {
      throw new WeightsException(
          "%s: not a safetensors file: its header is no valid JSON: %s"
              .formatted(source, String.valueOf(e.getMessage()).lines().findFirst().orElse("")),
          e);
    }
  }

  private static Map<String, String> metadata(Object value, String source) {
    if (!(value instanceof Map<?, ?> map)) {
      throw new WeightsException("%s: %s is no JSON object".formatted(source, METADATA));
    }
    Map<String, String> strings = new TreeMap<>();
    map.forEach(
        (key, text) -> {
          if (!(text instanceof String string)) {
            throw new WeightsException(
                "%s: %s key %s is %s, expected a string".formatted(source, METADATA, key, text));
          }
          strings.put((String) key, string);
        });
    return Collections.unmodifiableMap(strings);
  }

  private static Entry entry(String name, Object value, String source) {
    if (!(value instanceof Map<?, ?> map)) {
      throw new WeightsException("%s: tensor %s is no JSON object".formatted(source, name));
    }
    Dtype dtype =
        Dtype.named(String.valueOf(map.get("dtype")))
            .orElseThrow(
                () ->
                    new WeightsException(
                        "%s: tensor %s has dtype %s, expected one of %s"
                            .formatted(source, name, map.get("dtype"), Dtype.supported())));
    List<Long> shape = counts(map.get("shape"), "%s: tensor %s: shape".formatted(source, name));
    List<Long> offsets =
        counts(map.get("data_offsets"), "%s: tensor %s: data_offsets".formatted(source, name));
    if (shape.size() > MAX_DIMS) {
      throw new WeightsException(
          "%s: tensor %s has %d dimensions, at most %d are known"
              .formatted(source, name, shape.size(), MAX_DIMS));
    }
    if (offsets.size() != 2 || offsets.get(0) > offsets.get(1)) {
      throw new WeightsException(
          "%s: tensor %s has data_offsets %s, expected [begin, end]"
              .formatted(source, name, offsets));
    }
    requireBytes(name, dtype, shape, offsets.get(1) - offsets.get(0), source);
    List<Integer> dims = shape.stream().map(Long::intValue).toList();
    return new Entry(name, dtype, dims, offsets.get(0), offsets.get(1));
  }

  private static void requireBytes(
      String name, Dtype dtype, List<Long> shape, long bytes, String source) {
    long expected = dtype.bytes();
    for (long extent : shape) {
      // Extents are below 2^31 and the product stops at the first step beyond it: no overflow.
      expected *= extent;
      if (expected > Integer.MAX_VALUE) {
        throw new WeightsException(
            "%s: tensor %s of shape %s is larger than 2 GiB, the most one tensor may hold"
                .formatted(source, name, shape));
      }
    }
    if (expected != bytes) {
      throw new WeightsException(
          "%s: tensor %s of shape %s and dtype %s takes %d bytes, its data_offsets span %d"
              .formatted(source, name, shape, dtype, expected, bytes));
    }
  }

  private static List<Long> counts(Object value, String what) {
    if (!(value instanceof List<?> list)) {
      throw new WeightsException("%s is %s, expected a list of numbers".formatted(what, value));
    }
    boolean isOffset = what.endsWith("data_offsets");
    List<Long> counts = new ArrayList<>();
    for (Object item : list) {
      boolean isWhole = item instanceof Integer || item instanceof Long;
      long count = isWhole ? ((Number) item).longValue() : -1;
      if (count < 0 || (!isOffset && count > Integer.MAX_VALUE)) {
        throw new WeightsException("%s holds %s, expected a count".formatted(what, item));
      }
      counts.add(count);
    }
    return counts;
  }
}
