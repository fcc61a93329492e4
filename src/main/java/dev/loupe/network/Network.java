package dev.loupe.network;

import dev.loupe.graph.Value;
import java.util.Optional;

/**
 * A network in its two parts, Base-Net and Refine-Net (docs/networks.md section 1); each method
 * appends to the builder's graph.
 */
public interface Network {
  /** Pixels of a window on each side of its patch, which Refine-Net consumes. */
  int HALO = 1;

  /** Its name in model files and on the command line: {@code fsrcnn}. */
  String name();

  /** The upscaling factor, 2, 3 or 4. */
  int scale();

  /** Channels of the coarse feature. */
  int featureChannels();

  /** The least height and width of a frame that Base-Net can take, in pixels. */
  default int minimumSize() {
    return 1;
  }

  /** Whether it has a Refine-Net, without which it runs as variant base alone. */
  default boolean hasRefineNet() {
    return true;
  }

  /** Base-Net up to its upsampler: lowRes (1, 3, H, W) to the coarse feature (1, C, H, W). */
  Value feature(NetworkBuilder net, Value lowRes);

  /**
   * The upsampled input that the pictures are added to, (1, 3, H * scale, W * scale); none where a
   * network gives the final RGB.
   */
  default Optional<Value> imageSkip(NetworkBuilder net, Value lowRes) {
    return Optional.empty();
  }

  /** Base-Net's upsampler: the coarse picture of {@code feature}, added to {@code skip}. */
  Picture coarse(NetworkBuilder net, Value feature, Optional<Value> skip);

  /**
   * Refine-Net: the refined picture of a whole feature (1, C, H, W), or, with {@code patches}, of
   * windows (N, C, p + 2, p + 2) whose ring of {@link #HALO} the valid convolutions consume; {@code
   * skip} is then (N, 3, p * scale, p * scale).
   */
  Picture refine(NetworkBuilder net, Value feature, Optional<Value> skip, boolean patches);
}
