package dev.loupe.network;

import dev.loupe.graph.Value;
import dev.loupe.op.UpsampleBilinear;
import dev.loupe.op.UpsampleNearest;
import dev.loupe.weights.ModelMetadata;
import java.util.List;
import java.util.Optional;

/**
 * PAN (Zhao et al., ECCV workshops 2020), mask-guided: self-calibrated blocks with pixel attention,
 * and an upsampler of nearest-neighbour steps whose picture is added to the bilinear one
 * (docs/networks.md section 2.2).
 *
 * @param scale 2, 3 or 4
 * @param baseBlocks blocks (SCPA) of Base-Net
 * @param refineBlocks blocks of Refine-Net
 */
public record Pan(int scale, int baseBlocks, int refineBlocks) implements Network {
  private static final int CHANNELS = 40;
  private static final int HALF = CHANNELS / 2;
  private static final int UPSAMPLED = 24;
  private static final float SLOPE = 0.2f;

  /** The network of a model file; the paper's has 12 + 4 blocks. */
  public static Pan of(ModelMetadata model) {
    return new Pan(model.scale(), model.config("base", "nb", 12), model.config("refine", "nb", 4));
  }

  @Override
  public String name() {
    return "pan";
  }

  @Override
  public int featureChannels() {
    return CHANNELS;
  }

  @Override
  public Value feature(NetworkBuilder net, Value lowRes) {
    return trunk(net, "base", baseBlocks, net.conv("base.first", lowRes, CHANNELS, 3).linear());
  }

  @Override
  public Optional<Value> imageSkip(NetworkBuilder net, Value lowRes) {
    return Optional.of(net.add(UpsampleBilinear.times(scale, lowRes.type().shape()), lowRes));
  }

  @Override
  public Picture coarse(NetworkBuilder net, Value feature, Optional<Value> skip) {
    // At x3 only Refine-Net has a second convolution at high resolution.
    return upsample(net, "base.tail", feature, skip.orElseThrow(), scale == 4, false);
  }

  @Override
  public Picture refine(NetworkBuilder net, Value feature, Optional<Value> skip, boolean patches) {
    Value x = trunk(net, "refine", refineBlocks, feature);
    return upsample(net, "refine.tail", x, skip.orElseThrow(), scale > 2, patches);
  }

  private static Value trunk(NetworkBuilder net, String part, int blocks, Value src) {
    Value x = src;
    for (int i = 0; i < blocks; i++) {
      x = block(net, part + ".trunk." + i, x);
    }
    return net.conv(part + ".trunk_conv", x, CHANNELS, 3).plus(src).linear();
  }

  private static Value block(NetworkBuilder net, String name, Value src) {
    Value a = net.conv(name + ".a1", src, HALF, 1).unbiased().leakyRelu(SLOPE);
    a = net.conv(name + ".a2", a, HALF, 3).unbiased().leakyRelu(SLOPE);
    Value b = net.conv(name + ".b1", src, HALF, 1).unbiased().leakyRelu(SLOPE);
    Value gated = net.conv(name + ".k3", b, HALF, 3).unbiased().linear();
    gated = net.conv(name + ".k2", b, HALF, 1).gating(gated).linear();
    b = net.conv(name + ".k4", gated, HALF, 3).unbiased().leakyRelu(SLOPE);
    Value joined = net.concat(List.of(a, b));
    return net.conv(name + ".out", joined, CHANNELS, 1).unbiased().plus(src).linear();
  }

  /**
   * The upsampler; it has no trim pair before it, its first, second and last 3x3 convolutions
   * consume the ring of a patch instead.
   */
  private Picture upsample(
      NetworkBuilder net, String name, Value feature, Value skip, boolean second, boolean patches) {
    Value x = net.add(new UpsampleNearest(scale == 4 ? 2 : scale), feature);
    x = net.conv(name + ".up1", x, UPSAMPLED, 3).validIf(patches).linear();
    x = attend(net, name + ".att1", x);
    x = net.conv(name + ".hr1", x, UPSAMPLED, 3).leakyRelu(SLOPE);
    if (scale == 4) {
      x = net.add(new UpsampleNearest(2), x);
      x = net.conv(name + ".up2", x, UPSAMPLED, 3).linear();
      x = attend(net, name + ".att2", x);
    }
    if (second) {
      x = net.conv(name + ".hr2", x, UPSAMPLED, 3).validIf(patches).leakyRelu(SLOPE);
    }
    return new Picture(net.conv(name + ".last", x, 3, 3).validIf(patches).plus(skip).linear(), 1);
  }

  private static Value attend(NetworkBuilder net, String name, Value src) {
    return net.conv(name + ".c", src, UPSAMPLED, 1).gating(src).leakyRelu(SLOPE);
  }
}
