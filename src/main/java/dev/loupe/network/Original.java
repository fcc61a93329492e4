package dev.loupe.network;

import dev.loupe.graph.Value;
import java.util.Optional;

/**
 * A network as its authors published it, undecomposed: Base-Net alone at its full depth, no
 * Refine-Net (docs/networks.md section 0, decision 6).
 *
 * @param base the network whose Base-Net it is
 */
public record Original(Network base) implements Network {
  @Override
  public String name() {
    return base.name() + "-original";
  }

  @Override
  public int scale() {
    return base.scale();
  }

  @Override
  public int featureChannels() {
    return base.featureChannels();
  }

  @Override
  public int minimumSize() {
    return base.minimumSize();
  }

  @Override
  public boolean hasRefineNet() {
    return false;
  }

  @Override
  public Value feature(NetworkBuilder net, Value lowRes) {
    return base.feature(net, lowRes);
  }

  @Override
  public Optional<Value> imageSkip(NetworkBuilder net, Value lowRes) {
    return base.imageSkip(net, lowRes);
  }

  @Override
  public Picture coarse(NetworkBuilder net, Value feature, Optional<Value> skip) {
    return base.coarse(net, feature, skip);
  }

  /**
   * Refuses.
   *
   * @throws IllegalStateException always
   */
  @Override
  public Picture refine(NetworkBuilder net, Value feature, Optional<Value> skip, boolean patches) {
    throw new IllegalStateException("network '%s' has no Refine-Net".formatted(name()));
  }
}
