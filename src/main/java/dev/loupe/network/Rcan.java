package dev.loupe.network;

import dev.loupe.graph.Value;
import dev.loupe.op.GlobalAverage;
import dev.loupe.op.PixelShuffle;
import dev.loupe.op.ScaleChannels;
import dev.loupe.weights.ModelMetadata;
import java.util.Optional;

/**
 * RCAN (Zhang et al., ECCV 2018), mask-guided: groups of residual blocks with channel attention
 * (docs/networks.md section 2.5). On patches the attention averages over the patch, ring included.
 *
 * @param scale 2, 3 or 4
 * @param baseGroups groups of Base-Net
 * @param baseBlocks blocks in each of them
 * @param refineGroups groups of Refine-Net
 * @param refineBlocks blocks in each of them
 */
public record Rcan(int scale, int baseGroups, int baseBlocks, int refineGroups, int refineBlocks)
    implements Network {
  private static final int CHANNELS = 64;
  private static final int REDUCED = CHANNELS / 16;

  /** The network of a model file; the paper's has 7 + 3 groups of 20 blocks. */
  public static Rcan of(ModelMetadata model) {
    return new Rcan(
        model.scale(),
        model.config("base", "ng", 7),
        model.config("base", "nb", 20),
        model.config("refine", "ng", 3),
        model.config("refine", "nb", 20));
  }

  @Override
  public String name() {
    return "rcan";
  }

  @Override
  public int featureChannels() {
    return CHANNELS;
  }

  @Override
  public Value feature(NetworkBuilder net, Value lowRes) {
    Value head = net.conv("base.first", lowRes, CHANNELS, 3).linear();
    return body(net, "base.body", baseGroups, baseBlocks, head);
  }

  @Override
  public Picture coarse(NetworkBuilder net, Value feature, Optional<Value> skip) {
    return upsample(net, "base.tail", feature);
  }

  @Override
  public Picture refine(NetworkBuilder net, Value feature, Optional<Value> skip, boolean patches) {
    Value x = body(net, "refine.body", refineGroups, refineBlocks, feature);
    return upsample(net, "refine.tail", Trim.apply(net, x, patches));
  }

  private static Value body(NetworkBuilder net, String name, int groups, int blocks, Value src) {
    Value x = src;
    for (int i = 0; i < groups; i++) {
      x = group(net, name + "." + i + ".body", blocks, x);
    }
    return net.conv(name + "." + groups, x, CHANNELS, 3).plus(src).linear();
  }

  private static Value group(NetworkBuilder net, String name, int blocks, Value src) {
    Value x = src;
    for (int i = 0; i < blocks; i++) {
      x = block(net, name + "." + i, x);
    }
    return net.conv(name + "." + blocks, x, CHANNELS, 3).plus(src).linear();
  }

  private static Value block(NetworkBuilder net, String name, Value src) {
    Value x = net.conv(name + ".body.0", src, CHANNELS, 3).relu();
    x = net.conv(name + ".body.2", x, CHANNELS, 3).linear();
    Value attention = net.add(new GlobalAverage(), x);
    attention = net.conv(name + ".ca.1", attention, REDUCED, 1).relu();
    attention = net.conv(name + ".ca.3", attention, CHANNELS, 1).sigmoid();
    return net.add(new ScaleChannels(), x, attention, src);
  }

  private Picture upsample(NetworkBuilder net, String name, Value src) {
    Value x = src;
    int layer = 0;
    for (int factor : UpsamplingStages.of(scale)) {
      x = net.conv(name + "." + layer, x, CHANNELS * factor * factor, 3).linear();
      x = net.add(new PixelShuffle(factor), x);
      layer += 2;
    }
    return new Picture(net.conv(name + "." + layer, x, 3, 3).linear(), 1);
  }
}
