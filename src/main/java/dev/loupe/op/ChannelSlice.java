package dev.loupe.op;

import dev.loupe.reference.ChannelSliceReference;
import dev.loupe.tensor.FloatTensor;
import java.util.List;

/**
 * Some of a tensor's channels, the gradient of a part of {@link Concat}: patches (N, C, H, W) to
 * (N, channels, H, W).
 *
 * @param first the first channel
 * @param channels how many
 */
public record ChannelSlice(int first, int channels) implements Operator {
  @Override
  public String name() {
    return "channel_slice";
  }

  @Override
  public TensorType output(List<TensorType> inputs) {
    TensorType src = inputs.get(0);
    src.requirePatches(name());
    if (first < 0 || first + channels > src.shape().c()) {
      throw new IllegalArgumentException(
          "channel_slice: channels %d to %d are not all in %s"
              .formatted(first, first + channels - 1, src));
    }
    return src.withShape(src.shape().withChannels(channels));
  }

  @Override
  public FloatTensor reference(List<FloatTensor> inputs) {
    return ChannelSliceReference.forward(inputs.get(0), first, channels);
  }

  @Override
  public void record(LaunchRecorder recorder, List<TensorView> inputs, TensorView output) {
    TensorView src = inputs.get(0);
    TensorView part =
        new TensorView(
            src.buffer(), src.offset() + first * src.plane(), output.type(), src.plane());
    RowCopy.record(recorder, part, output, output.type().lanes());
  }
}
