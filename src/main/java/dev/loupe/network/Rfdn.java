package dev.loupe.network;

import dev.loupe.graph.Value;
import dev.loupe.op.MaxPool2d;
import dev.loupe.op.UpsampleBilinear;
import dev.loupe.weights.ModelMetadata;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * RFDN (Liu et al., ECCV workshops 2020), mask-guided: residual feature distillation blocks, each
 * ending in enhanced spatial attention (docs/networks.md section 2.3).
 *
 * @param scale 2, 3 or 4
 * @param baseBlocks blocks (RFDB) of Base-Net
 * @param refineBlocks blocks of Refine-Net
 */
public record Rfdn(int scale, int baseBlocks, int refineBlocks) implements Network {
  private static final int CHANNELS = 50;
  private static final int DISTILLED = CHANNELS / 2;
  private static final int ATTENTION = CHANNELS / 4;
  private static final int STEPS = 3;
  private static final float SLOPE = 0.05f;
  private static final int POOL = 7;

  /** The network of a model file; the paper's has 4 + 2 blocks. */
  public static Rfdn of(ModelMetadata model) {
    return new Rfdn(model.scale(), model.config("base", "nb", 4), model.config("refine", "nb", 2));
  }

  @Override
  public String name() {
    return "rfdn";
  }

  @Override
  public int featureChannels() {
    return CHANNELS;
  }

  /** What the attention's strided convolution must be given to fill one window of its pool. */
  @Override
  public int minimumSize() {
    return 2 * POOL + 1;
  }

  @Override
  public Value feature(NetworkBuilder net, Value lowRes) {
    Value head = net.conv("base.first", lowRes, CHANNELS, 3).linear();
    return body(net, "base", baseBlocks, head);
  }

  @Override
  public Picture coarse(NetworkBuilder net, Value feature, Optional<Value> skip) {
    return upsample(net, "base.up.0", feature);
  }

  @Override
  public Picture refine(NetworkBuilder net, Value feature, Optional<Value> skip, boolean patches) {
    Value x = body(net, "refine", refineBlocks, feature);
    return upsample(net, "refine.up.0", Trim.apply(net, x, patches));
  }

  private static Value body(NetworkBuilder net, String part, int blocks, Value src) {
    // Windows of p + 2 pixels are too small for the pool, so Refine-Net has none (section 2.3).
    boolean pooled = part.equals("base");
    List<Value> all = new ArrayList<>();
    Value x = src;
    for (int i = 0; i < blocks; i++) {
      x = block(net, part + ".blocks." + i, x, pooled);
      all.add(x);
    }
    x = net.conv(part + ".c.0", net.concat(all), CHANNELS, 1).leakyRelu(SLOPE);
    return net.conv(part + ".lr", x, CHANNELS, 3).plus(src).linear();
  }

  private static Value block(NetworkBuilder net, String name, Value src, boolean pooled) {
    List<Value> distilled = new ArrayList<>();
    Value x = src;
    for (int i = 0; i < STEPS; i++) {
      distilled.add(net.conv(name + ".d." + i, x, DISTILLED, 1).leakyRelu(SLOPE));
      x = net.conv(name + ".r." + i, x, CHANNELS, 3).plus(x).leakyRelu(SLOPE);
    }
    distilled.add(net.conv(name + ".c4", x, DISTILLED, 3).leakyRelu(SLOPE));
    Value joined = net.conv(name + ".c5", net.concat(distilled), CHANNELS, 1).linear();
    return attend(net, name + ".esa", joined, pooled);
  }

  private static Value attend(NetworkBuilder net, String name, Value src, boolean pooled) {
    Value reduced = net.conv(name + ".c1", src, ATTENTION, 1).linear();
    Value x = net.conv(name + ".c2", reduced, ATTENTION, 3).stride(2).valid().linear();
    if (pooled) {
      x = net.add(new MaxPool2d(POOL, 3), x);
    }
    x = net.conv(name + ".cmax", x, ATTENTION, 3).relu();
    x = net.conv(name + ".c3", x, ATTENTION, 3).relu();
    x = net.conv(name + ".c3_", x, ATTENTION, 3).linear();
    x = net.add(UpsampleBilinear.to(src.type().shape()), x);
    x = net.conv(name + ".cf", reduced, ATTENTION, 1).plus(x).linear();
    return net.conv(name + ".c4", x, CHANNELS, 1).gating(src).linear();
  }

  private Picture upsample(NetworkBuilder net, String name, Value src) {
    return new Picture(net.conv(name, src, 3 * scale * scale, 3).linear(), scale);
  }
}
