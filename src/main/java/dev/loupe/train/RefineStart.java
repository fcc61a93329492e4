package dev.loupe.train;

import dev.loupe.weights.NamedTensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A start of RFDN's Refine-Net as Base-Net's upsampler: its blocks add nothing yet, the first of
 * its trim pair is Base-Net's last convolution, and what follows carries those samples through. So
 * each patch begins as the coarse picture has it, and all that is learnt from there on is gain.
 *
 * <p>The convolution stands before the ring of a patch is trimmed, where it still sees a pixel's
 * neighbours in other patches. The leaky ReLU after it takes nothing from samples, which are seldom
 * negative.
 */
final class RefineStart {
  private static final String UPSAMPLER = "base.up.0";
  private static final String BLOCKS_END = "refine.lr";
  private static final String TRIM = "refine.trim.conv1";
  private static final List<String> CARRIERS = List.of("refine.trim.conv2", "refine.up.0");

  private final Map<String, NamedTensor> tensors = new TreeMap<>();

  private RefineStart(List<NamedTensor> tensors) {
    tensors.forEach(tensor -> this.tensors.put(tensor.name(), tensor));
  }

  /**
   * All of {@code tensors}, Refine-Net's made such.
   *
   * @throws IllegalArgumentException if they are of another network than RFDN
   */
  static List<NamedTensor> apply(List<NamedTensor> tensors) {
    RefineStart start = new RefineStart(tensors);
    if (!start.tensors.containsKey(UPSAMPLER + ".weight")
        || !start.tensors.containsKey(BLOCKS_END + ".weight")) {
      throw new IllegalArgumentException(
          "copy: refine can begin as base in RFDN alone; name pieces, such as refine.tail");
    }
    start.silence();
    start.upsample();
    CARRIERS.forEach(start::carry);
    return tensors.stream().map(tensor -> start.tensors.get(tensor.name())).toList();
  }

  /** What the blocks bring is added to the feature: nothing. */
  private void silence() {
    for (String name : List.of(BLOCKS_END + ".weight", BLOCKS_END + ".bias")) {
      put(name, new float[tensors.get(name).data().length]);
    }
  }

  private void upsample() {
    for (String kind : List.of(".weight", ".bias")) {
      float[] data = tensors.get(TRIM + kind).data().clone();
      float[] upsampler = tensors.get(UPSAMPLER + kind).data();
      System.arraycopy(upsampler, 0, data, 0, upsampler.length);
      put(TRIM + kind, data);
    }
  }

  /** The first outputs, as many as Base-Net's upsampler has, become the first inputs. */
  private void carry(String name) {
    NamedTensor weight = tensors.get(name + ".weight");
    int perOutput = weight.data().length / weight.dims()[0];
    int taps = weight.dims()[2] * weight.dims()[3];
    float[] data = weight.data().clone();
    float[] bias = tensors.get(name + ".bias").data().clone();
    int carried = tensors.get(UPSAMPLER + ".bias").data().length;
    Arrays.fill(data, 0, carried * perOutput, 0);
    Arrays.fill(bias, 0, carried, 0);
    for (int c = 0; c < carried; c++) {
      data[c * perOutput + c * taps + taps / 2] = 1;
    }
    put(name + ".weight", data);
    put(name + ".bias", bias);
  }

  private void put(String name, float[] data) {
    tensors.put(name, new NamedTensor(name, tensors.get(name).dims(), data));
  }
}
