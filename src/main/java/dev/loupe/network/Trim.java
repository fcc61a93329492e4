package dev.loupe.network;

import dev.loupe.graph.Value;

/**
 * The trim pair before Refine-Net's upsampler: two 3x3 convolutions, the second of which consumes
 * the ring of a patch (docs/networks.md section 1).
 */
final class Trim {
  private static final float SLOPE = 0.1f;

  private Trim() {}

  /** Windows (N, C, p + 2, p + 2) to (N, C, p, p); a whole feature keeps its size. */
  static Value apply(NetworkBuilder net, Value src, boolean patches) {
    int channels = src.type().shape().c();
    Value x = net.conv("refine.trim.conv1", src, channels, 3).leakyRelu(SLOPE);
    return net.conv("refine.trim.conv2", x, channels, 3).validIf(patches).linear();
  }
}
