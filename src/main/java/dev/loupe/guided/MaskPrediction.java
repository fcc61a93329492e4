package dev.loupe.guided;

import dev.loupe.graph.Value;
import dev.loupe.network.NetworkBuilder;
import dev.loupe.op.GridMean;
import dev.loupe.op.PositionwiseConv;
import dev.loupe.op.Softmax;

/**
 * The mask prediction module (paper section 3.2; NETWORKS.md section 0, decision 1): where the
 * coarse picture is still under-resolved, one number a patch.
 */
public final class MaskPrediction {
  private static final int CLASSES = 2;
  private static final int UNDER_RESOLVED = 1;
  private static final int WINDOW = 5;

  private MaskPrediction() {}

  /** Feature (1, C, H, W) to error mask (1, 1, ceil(H / p), ceil(W / p)), any real number. */
  public static Value predict(NetworkBuilder net, Value feature, int p) {
    Value x = net.conv("mp.c1", feature, feature.type().shape().c(), 3).relu();
    x = net.conv("mp.c2", x, CLASSES, 3).linear();
    x = net.add(new GridMean(p), x);
    // The released code's LeakyReLU follows here; on values of 0 to 1 it does nothing.
    x = net.add(new Softmax(UNDER_RESOLVED), x);
    return net.add(
        new PositionwiseConv(
            net.parameter("mp.kern.weight", WINDOW * WINDOW, 1, 1, 1),
            net.parameter("mp.kern.bias", WINDOW * WINDOW),
            WINDOW),
        x);
  }
}
