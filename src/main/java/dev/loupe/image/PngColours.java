package dev.loupe.image;

import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a PNG says of its colours besides an ICC profile: the chunks cICP, sRGB, gAMA, cHRM, mDCV
 * and cLLI (PNG, third edition, 11.3.2), as they stand in the file.
 *
 * <p>Immutable. Nothing is converted by them; they go along into PNG files.
 */
public final class PngColours {
  /** Nothing said. */
  public static final PngColours NONE = new PngColours(Map.of());

  /** Bytes of each chunk, in the order in which they are written. */
  private static final Map<String, Integer> LENGTHS = lengths();

  /** Gamma of sRGB and of most screens, times 100,000. */
  private static final int USUAL_GAMMA = 45455;

  /** White, red, green and blue of sRGB, x and y each, times 100,000. */
  private static final int[] USUAL_POINTS = {31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000};

  /** Points closer than this are the same; libpng's bound. */
  private static final int POINT_TOLERANCE = 100;

  private final Map<String, byte[]> chunks;

  private PngColours(Map<String, byte[]> chunks) {
    this.chunks = Collections.unmodifiableMap(chunks);
  }

  private static Map<String, Integer> lengths() {
    Map<String, Integer> lengths = new LinkedHashMap<>();
    lengths.put("cICP", 4);
    lengths.put("sRGB", 1);
    lengths.put("gAMA", 4);
    lengths.put("cHRM", 32);
    lengths.put("mDCV", 24);
    lengths.put("cLLI", 8);
    return lengths;
  }

  /** Whether a chunk of this type says something of colours. */
  static boolean isType(String type) {
    return LENGTHS.containsKey(type);
  }

  /** A chunk's body, or null if the file had none of this type. */
  public byte[] chunk(String type) {
    byte[] body = chunks.get(type);
    return body == null ? null : body.clone();
  }

  /**
   * The same with another chunk.
   *
   * @throws IllegalArgumentException if the type is none of these, or its body has another length
   */
  public PngColours with(String type, byte[] body) {
    Integer length = LENGTHS.get(type);
    if (length == null || length != body.length) {
      throw new IllegalArgumentException(
          length == null
              ? "%s: says nothing of colours; use one of %s".formatted(type, LENGTHS.keySet())
              : "%s of %d bytes: must be %d".formatted(type, body.length, length));
    }
    Map<String, byte[]> all = new LinkedHashMap<>();
    for (String each : LENGTHS.keySet()) {
      byte[] content = each.equals(type) ? body.clone() : chunks.get(each);
      if (content != null) {
        all.put(each, content);
      }
    }
    return new PngColours(all);
  }

  /** The same with a chunk of a file, in which a damaged one says nothing and the first counts. */
  PngColours withRead(String type, byte[] body) {
    return LENGTHS.get(type) != body.length || chunks.containsKey(type) ? this : with(type, body);
  }

  /** Each chunk's body by its type, in the order of a file. */
  Map<String, byte[]> chunks() {
    return chunks;
  }

  /**
   * The chunk without which colours would look otherwise where a picture is taken for sRGB; cICP
   * goes before a profile, and that and sRGB before the others, as the standard has it.
   *
   * @param hasProfile whether the picture has an ICC profile
   */
  Optional<String> missedElsewhere(boolean hasProfile) {
    if (chunks.containsKey("cICP")) {
      return Optional.of("cICP");
    }
    if (hasProfile || chunks.containsKey("sRGB")) {
      return Optional.empty();
    }
    if (hasUnusualGamma()) {
      return Optional.of("gAMA");
    }
    return hasUnusualPoints() ? Optional.of("cHRM") : Optional.empty();
  }

  /** Off by more than 5 %, libpng's bound of what is seen; 0 says nothing. */
  private boolean hasUnusualGamma() {
    byte[] body = chunks.get("gAMA");
    int gamma = body == null ? 0 : ByteBuffer.wrap(body).getInt();
    return gamma > 0 && Math.abs(gamma - USUAL_GAMMA) > 0.05 * USUAL_GAMMA;
  }

  private boolean hasUnusualPoints() {
    byte[] body = chunks.get("cHRM");
    if (body == null) {
      return false;
    }
    ByteBuffer points = ByteBuffer.wrap(body);
    for (int usual : USUAL_POINTS) {
      if (Math.abs(points.getInt() - usual) > POINT_TOLERANCE) {
        return true;
      }
    }
    return false;
  }
}
