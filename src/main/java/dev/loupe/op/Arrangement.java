package dev.loupe.op;

import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import java.util.Arrays;
import java.util.function.IntUnaryOperator;

/**
 * An order of a tensor's elements: which element each place takes, or none, which is a zero. It
 * says once how weights are packed, for the host and, while they are trained, for the device.
 */
public final class Arrangement {
  /** The place takes no element. */
  public static final int ZERO = -1;

  private final int places;
  private final IntUnaryOperator source;

  private Arrangement(int places, IntUnaryOperator source) {
    this.places = places;
    this.source = source;
  }

  /** {@code places} places, each with the element that {@code source} says, or {@link #ZERO}. */
  public static Arrangement of(int places, IntUnaryOperator source) {
    return new Arrangement(places, source);
  }

  /** All elements as they stand. */
  public static Arrangement identity(Shape shape) {
    return of(Math.toIntExact(shape.elements()), i -> i);
  }

  public int places() {
    return places;
  }

  /** The element of place {@code place}, or {@link #ZERO}. */
  public int source(int place) {
    return source.applyAsInt(place);
  }

  /** The elements of all places. */
  public int[] sources() {
    int[] sources = new int[places];
    Arrays.setAll(sources, source);
    return sources;
  }

  /** The elements of what this arrangement made, arranged once more. */
  public Arrangement then(Arrangement next) {
    return of(
        next.places,
        place -> {
          int between = next.source(place);
          return between == ZERO ? ZERO : source(between);
        });
  }

  /** The places filled from {@code elements}. */
  public float[] apply(float[] elements) {
    float[] placed = new float[places];
    for (int i = 0; i < places; i++) {
      int from = source(i);
      placed[i] = from == ZERO ? 0 : elements[from];
    }
    return placed;
  }

  /** The places filled from a tensor, as a tensor. */
  public FloatTensor apply(FloatTensor tensor, Shape shape) {
    return new FloatTensor(shape, apply(tensor.data()));
  }
}
