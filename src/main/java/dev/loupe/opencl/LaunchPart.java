package dev.loupe.opencl;

import java.util.Arrays;

/**
 * A launch over a part of its range, with the arguments that differ from part to part. Immutable;
 * enqueuing it allocates nothing.
 */
public final class LaunchPart {
  private final Launch launch;
  private final Object range;
  private final int[] intPlaces;
  private final int[] ints;
  private final int[] longPlaces;
  private final long[] longs;

  LaunchPart(Launch launch, Object range) {
    this(launch, range, new int[0], new int[0], new int[0], new long[0]);
  }

  private LaunchPart(
      Launch launch, Object range, int[] intPlaces, int[] ints, int[] longPlaces, long[] longs) {
    this.launch = launch;
    this.range = range;
    this.intPlaces = intPlaces;
    this.ints = ints;
    this.longPlaces = longPlaces;
    this.longs = longs;
  }

  /** This part with an {@code int} argument of its own. */
  public LaunchPart int32(int place, int value) {
    return new LaunchPart(
        launch, range, append(intPlaces, place), append(ints, value), longPlaces, longs);
  }

  /** This part with a {@code long} argument of its own. */
  public LaunchPart int64(int place, long value) {
    long[] values = Arrays.copyOf(longs, longs.length + 1);
    values[longs.length] = value;
    return new LaunchPart(launch, range, intPlaces, ints, append(longPlaces, place), values);
  }

  private static int[] append(int[] values, int value) {
    int[] longer = Arrays.copyOf(values, values.length + 1);
    longer[values.length] = value;
    return longer;
  }

  /** The launch that this is a part of. */
  public Launch launch() {
    return launch;
  }

  Object rangeHandle() {
    return range;
  }

  void setArguments() {
    Object kernel = launch.kernelHandle();
    for (int i = 0; i < ints.length; i++) {
      launch.binding().setInt(kernel, intPlaces[i], ints[i]);
    }
    for (int i = 0; i < longs.length; i++) {
      launch.binding().setLong(kernel, longPlaces[i], longs[i]);
    }
  }
}
