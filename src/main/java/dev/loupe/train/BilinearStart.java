package dev.loupe.train;

import dev.loupe.network.Fsrcnn;
import dev.loupe.network.Network;
import dev.loupe.weights.NamedTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/**
 * A start as a bilinear upsampler: three channels carry red, green and blue through the whole
 * network, the upsampler interpolates them, all the rest begins small. After 500 iterations FSRCNN
 * x4 has passed so what it does not reach in 6,000 from the usual start.
 */
final class BilinearStart {
  /** Of the upsampler's filters that carry no colour, against the usual start. */
  private static final double SMALL = 0.1;

  private static final int COLOURS = 3;

  private final SeededDraw draw;
  private final List<NamedTensor> tensors = new ArrayList<>();

  private BilinearStart(SeededDraw draw) {
    this.draw = draw;
  }

  /** The tensors of a network that this start is known for; none for any other. */
  static Collection<NamedTensor> of(Network network, SeededDraw draw) {
    BilinearStart start = new BilinearStart(draw);
    if (network instanceof Fsrcnn fsrcnn) {
      start.fsrcnn(fsrcnn);
    }
    return start.tensors;
  }

  private void fsrcnn(Fsrcnn net) {
    carry("base.first.0", net.detail(), COLOURS, 5);
    carry("base.mid.0", net.shrunk(), net.detail(), 1);
    for (int i = 0; i < net.baseLayers(); i++) {
      carry("base.mid." + (2 + 2 * i), net.shrunk(), net.shrunk(), 3);
    }
    for (int i = 0; i < net.refineLayers(); i++) {
      carry("refine.mid." + 2 * i, net.shrunk(), net.shrunk(), 3);
    }
    carry("refine.trim.conv1", net.shrunk(), net.shrunk(), 3);
    carry("refine.trim.conv2", net.shrunk(), net.shrunk(), 3);
    for (String part : List.of("base.last", "refine.last")) {
      carry(part + ".0", net.detail(), net.shrunk(), 1);
      interpolate(part + ".2", net.detail(), net.scale(), 9);
    }
  }

  /** Filters OIHW of which the first three outputs are the first three inputs. */
  private void carry(String name, int outputs, int inputs, int filter) {
    int taps = filter * filter;
    float[] data = draw.uniform(name, outputs * inputs * taps, 1 / Math.sqrt(inputs * taps));
    for (int c = 0; c < COLOURS; c++) {
      Arrays.fill(data, c * inputs * taps, (c + 1) * inputs * taps, 0);
      data[(c * inputs + c) * taps + taps / 2] = 1;
    }
    tensors.add(
        new NamedTensor(name + ".weight", new int[] {outputs, inputs, filter, filter}, data));
  }

  /** Filters IOHW of a transposed convolution that interpolates the first three inputs. */
  private void interpolate(String name, int inputs, int scale, int filter) {
    int taps = filter * filter;
    double bound = SMALL * scale / Math.sqrt(inputs * taps);
    float[] data = draw.uniform(name, inputs * COLOURS * taps, bound);
    double[] tent = tent(scale, filter);
    for (int c = 0; c < COLOURS; c++) {
      for (int o = 0; o < COLOURS; o++) {
        for (int t = 0; t < taps; t++) {
          data[(c * COLOURS + o) * taps + t] =
              o == c ? (float) (tent[t / filter] * tent[t % filter]) : 0;
        }
      }
    }
    tensors.add(
        new NamedTensor(name + ".weight", new int[] {inputs, COLOURS, filter, filter}, data));
  }

  /** The tent of bilinear interpolation, the taps of each phase summing to 1. */
  static double[] tent(int scale, int filter) {
    double centre = (filter + scale - 2) / 2.0;
    double[] tent = new double[filter];
    double[] sums = new double[scale];
    for (int i = 0; i < filter; i++) {
      tent[i] = Math.max(0, 1 - Math.abs(i - centre) / scale);
      sums[i % scale] += tent[i];
    }
    for (int i = 0; i < filter; i++) {
      tent[i] /= sums[i % scale];
    }
    return tent;
  }
}
