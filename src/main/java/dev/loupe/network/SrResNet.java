package dev.loupe.network;

import dev.loupe.graph.Value;
import dev.loupe.op.PixelShuffle;
import dev.loupe.weights.ModelMetadata;
import java.util.Optional;

/**
 * SRResNet (Ledig et al., CVPR 2017) without batch normalisation, mask-guided: residual blocks
 * between a 9x9 head and a 9x9 tail (docs/networks.md section 2.4). Every PReLU has one slope.
 *
 * @param scale 2, 3 or 4
 * @param baseBlocks residual blocks of Base-Net
 * @param refineBlocks residual blocks of Refine-Net
 */
public record SrResNet(int scale, int baseBlocks, int refineBlocks) implements Network {
  private static final int CHANNELS = 64;

  /** The network of a model file; the paper's has 12 + 4 blocks. */
  public static SrResNet of(ModelMetadata model) {
    return new SrResNet(
        model.scale(), model.config("base", "nb", 12), model.config("refine", "nb", 4));
  }

  @Override
  public String name() {
    return "srresnet";
  }

  @Override
  public int featureChannels() {
    return CHANNELS;
  }

  @Override
  public Value feature(NetworkBuilder net, Value lowRes) {
    Value head = net.conv("base.first.0", lowRes, CHANNELS, 9).prelu("base.first.1", 1);
    return body(net, "base.body", baseBlocks, head);
  }

  @Override
  public Picture coarse(NetworkBuilder net, Value feature, Optional<Value> skip) {
    return upsample(net, "base.tail", feature);
  }

  @Override
  public Picture refine(NetworkBuilder net, Value feature, Optional<Value> skip, boolean patches) {
    Value x = body(net, "refine.body", refineBlocks, feature);
    return upsample(net, "refine.tail", Trim.apply(net, x, patches));
  }

  private static Value body(NetworkBuilder net, String name, int blocks, Value src) {
    Value x = src;
    for (int i = 0; i < blocks; i++) {
      String block = name + "." + i;
      Value y = net.conv(block + ".c1", x, CHANNELS, 3).prelu(block + ".act", 1);
      x = net.conv(block + ".c2", y, CHANNELS, 3).plus(x).linear();
    }
    return net.conv(name + "." + blocks, x, CHANNELS, 3).plus(src).linear();
  }

  private Picture upsample(NetworkBuilder net, String name, Value src) {
    Value x = src;
    int layer = 0;
    for (int factor : UpsamplingStages.of(scale)) {
      // The PReLU follows the pixel shuffle; with one slope it may as well come before it.
      x =
          net.conv(name + ".ups." + layer, x, CHANNELS * factor * factor, 3)
              .prelu(name + ".ups." + (layer + 2), 1);
      x = net.add(new PixelShuffle(factor), x);
      layer += 3;
    }
    return new Picture(net.conv(name + ".last", x, 3, 9).linear(), 1);
  }
}
