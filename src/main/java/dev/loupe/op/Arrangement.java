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

  private final int[] sources;

  private Arrangement(int[] sources) {
    this.sources = sources;
  }

  /** {@code places} places, each with the element that {@code source} says, or {@link #ZERO}. */
  public static Arrangement of(int places, IntUnaryOperator source) {
    int[] sources = new int[places];
    Arrays.setAll(sources, source);
    return new Arrangement(sources);
  }

  /** All elements as they stand. */
  public static Arrangement identity(Shape shape) {
    return of(Math.toIntExact(shape.elements()), i -> i);
  }

  public int places() {
    return sources.length;
  }

  /** The element of place {@code place}, or {@link #ZERO}. */
  public int source(int place) {
    return sources[place];
  }

  /** The elements of what this arrangement made, arranged once more. */
  public Arrangement then(Arrangement next) {
    return of(
        next.places(), place -> next.sources[place] == ZERO ? ZERO : sources[next.sources[place]]);
  }

  /** The places filled from {@code elements}. */
  public float[] apply(float[] elements) {
    float[] placed = new float[sources.length];
    for (int i = 0; i < placed.length; i++) {
      placed[i] = sources[i] == ZERO ? 0 : elements[sources[i]];
    }
    return placed;
  }

  /** The places filled from a tensor, as a tensor. */
  public FloatTensor apply(FloatTensor tensor, Shape shape) {
    return new FloatTensor(shape, apply(tensor.data()));
  }
}
