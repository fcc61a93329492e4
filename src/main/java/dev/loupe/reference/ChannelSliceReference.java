package dev.loupe.reference;

import dev.loupe.tensor.FloatTensor;

/**
 * Some of a tensor's channels. {@code src} is (N, C, H, W), {@code dst} (N, channels, H, W).
 *
 * <pre>
 * dst(n, c, y, x) = src(n, first + c, y, x)
 * </pre>
 */
public final class ChannelSliceReference {
  private ChannelSliceReference() {}

  /** The {@code channels} channels from {@code first} on. */
  public static FloatTensor forward(FloatTensor src, int first, int channels) {
    return FloatTensor.generate(
        src.shape().withChannels(channels), (n, c, y, x) -> src.get(n, first + c, y, x));
  }
}
