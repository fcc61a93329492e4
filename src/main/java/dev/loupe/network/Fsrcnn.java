package dev.loupe.network;

import dev.loupe.graph.Value;
import dev.loupe.weights.ModelMetadata;
import java.util.Optional;

/**
 * FSRCNN (Dong et al., ECCV 2016), mask-guided: a shrunken feature of 12 channels, small mapping
 * layers, and a transposed convolution as upsampler (docs/networks.md section 2.1).
 *
 * @param scale 2, 3 or 4
 * @param detail channels outside the shrunken part, d
 * @param shrunk channels of the coarse feature, s
 * @param baseLayers mapping layers of Base-Net
 * @param refineLayers mapping layers of Refine-Net
 */
public record Fsrcnn(int scale, int detail, int shrunk, int baseLayers, int refineLayers)
    implements Network {
  /** The paper's sizes: d = 56, s = 12, 3 + 1 mapping layers. */
  public static Fsrcnn ofScale(int scale) {
    return of(ModelMetadata.of("fsrcnn", scale));
  }

  /** The network of a model file. */
  public static Fsrcnn of(ModelMetadata model) {
    return new Fsrcnn(
        model.scale(),
        model.config("base", "d", 56),
        model.config("base", "s", 12),
        model.config("base", "m", 3),
        model.config("refine", "m", 1));
  }

  @Override
  public String name() {
    return "fsrcnn";
  }

  @Override
  public int featureChannels() {
    return shrunk;
  }

  @Override
  public Value feature(NetworkBuilder net, Value lowRes) {
    Value x = net.conv("base.first.0", lowRes, detail, 5).prelu("base.first.1", detail);
    x = net.conv("base.mid.0", x, shrunk, 1).prelu("base.mid.1", shrunk);
    return mapping(net, "base.mid", 2, baseLayers, x);
  }

  @Override
  public Picture coarse(NetworkBuilder net, Value feature, Optional<Value> skip) {
    return upsample(net, "base.last", feature);
  }

  @Override
  public Picture refine(NetworkBuilder net, Value feature, Optional<Value> skip, boolean patches) {
    Value x = mapping(net, "refine.mid", 0, refineLayers, feature);
    return upsample(net, "refine.last", Trim.apply(net, x, patches));
  }

  private Value mapping(NetworkBuilder net, String name, int first, int layers, Value src) {
    Value x = src;
    for (int i = 0; i < layers; i++) {
      String conv = name + "." + (first + 2 * i);
      x = net.conv(conv, x, shrunk, 3).prelu(name + "." + (first + 2 * i + 1), shrunk);
    }
    return x;
  }

  private Picture upsample(NetworkBuilder net, String name, Value src) {
    Value x = net.conv(name + ".0", src, detail, 1).prelu(name + ".1", detail);
    return net.convTranspose(name + ".2", x, 3, 9, scale);
  }
}
