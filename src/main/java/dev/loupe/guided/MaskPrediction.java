package dev.loupe.guided;

import dev.loupe.graph.Value;
import dev.loupe.network.NetworkBuilder;
import dev.loupe.op.Activate;
import dev.loupe.op.GridMean;
import dev.loupe.op.PositionwiseConv;
import dev.loupe.op.Softmax;
import dev.loupe.tensor.Activation;

/**
 * The mask prediction module (paper section 3.2; docs/networks.md section 0, decision 1): where the
 * coarse picture is still under-resolved, one number a patch.
 *
 * @param channels 2 for the classes under- and well resolved, 1 for the smaller head of the paper's
 *     Table 3 (docs/networks.md section 3.3): means first, then the second convolution, and no
 *     softmax
 */
public record MaskPrediction(int channels) {
  private static final int CLASSES = 2;
  private static final int UNDER_RESOLVED = 1;
  private static final int FILTER = 5;
  private static final float SLOPE = 0.1f;

  /** The paper's. */
  public static final MaskPrediction TWO_CLASSES = new MaskPrediction(CLASSES);

  /**
   * Checks the number.
   *
   * @throws IllegalArgumentException if it is neither 1 nor 2
   */
  public MaskPrediction {
    if (channels != 1 && channels != CLASSES) {
      throw new IllegalArgumentException(
          "a mask head of %d channels is not known; it has 1 or 2".formatted(channels));
    }
  }

  /** Feature (1, C, H, W) to error mask (1, 1, ceil(H / p), ceil(W / p)), any real number. */
  public Value predict(NetworkBuilder net, Value feature, int p) {
    return filtered(net, channels == 1 ? oneChannel(net, feature, p) : twoClasses(net, feature, p));
  }

  private static Value twoClasses(NetworkBuilder net, Value feature, int p) {
    Value x = net.conv("mp.c1", feature, feature.type().shape().c(), 3).relu();
    x = net.conv("mp.c2", x, CLASSES, 3).linear();
    x = net.add(new GridMean(p), x);
    // The released code's LeakyReLU follows here; on values of 0 to 1 it does nothing.
    return net.add(new Softmax(UNDER_RESOLVED), x);
  }

  private static Value oneChannel(NetworkBuilder net, Value feature, int p) {
    Value x = net.conv("mp.c1", feature, feature.type().shape().c(), 3).linear();
    x = net.add(new Activate(Activation.RELU, null), net.add(new GridMean(p), x));
    return net.conv("mp.c2", x, 1, 3).leakyRelu(SLOPE);
  }

  private static Value filtered(NetworkBuilder net, Value mask) {
    return net.add(
        new PositionwiseConv(
            net.parameter("mp.kern.weight", FILTER * FILTER, 1, 1, 1),
            net.parameter("mp.kern.bias", FILTER * FILTER),
            FILTER),
        mask);
  }
}
