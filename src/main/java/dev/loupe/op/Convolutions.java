package dev.loupe.op;

import dev.loupe.kernel.Defines;
import dev.loupe.tensor.ConvGeometry;

/** What every kernel that is specialised to one convolution is told of it. */
final class Convolutions {
  private Convolutions() {}

  /** Adds the channels, the window, the step and the padding. */
  static Defines define(Defines defines, int channelsIn, int channelsOut, ConvGeometry geometry) {
    return defines
        .set("CHANNELS_IN", channelsIn)
        .set("CHANNELS_OUT", channelsOut)
        .set("FILTER_H", geometry.filterHeight())
        .set("FILTER_W", geometry.filterWidth())
        .set("STRIDE", geometry.stride())
        .set("PADDING", geometry.padding());
  }
}
