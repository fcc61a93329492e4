package dev.loupe.weights;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A known result that a model file carries: a small picture and what the model makes of it.
 *
 * @param input {@code selfcheck.input}, (1, 3, H, W) in the model's value range
 * @param output {@code selfcheck.output}, (1, 3, H * scale, W * scale)
 * @param k {@code selfcheck.k}, the refined patches of variant mask; 0 for other variants
 */
public record SelfCheck(NamedTensor input, NamedTensor output, int k) {
  static final String PREFIX = "selfcheck.";

  private static final String INPUT = PREFIX + "input";
  private static final String OUTPUT = PREFIX + "output";
  private static final String K = PREFIX + "k";

  /** A known result from dense pictures of three channels. */
  public static SelfCheck of(int height, int width, int scale, float[] in, float[] out, int k) {
    return new SelfCheck(
        new NamedTensor(INPUT, new int[] {1, 3, height, width}, in),
        new NamedTensor(OUTPUT, new int[] {1, 3, height * scale, width * scale}, out),
        k);
  }

  /** The known result among a file's tensors; none where there are no such tensors. */
  static Optional<SelfCheck> of(String source, Map<String, NamedTensor> tensors) {
    if (tensors.isEmpty()) {
      return Optional.empty();
    }
    if (!tensors.keySet().equals(Set.of(INPUT, OUTPUT, K)) || tensors.get(K).data().length != 1) {
      throw new WeightsException(
          "%s: its self-check has tensors %s, expected %s, %s and one number %s"
              .formatted(source, tensors.keySet(), INPUT, OUTPUT, K));
    }
    for (NamedTensor picture : List.of(tensors.get(INPUT), tensors.get(OUTPUT))) {
      int[] dims = picture.dims();
      if (dims.length != 4 || dims[0] != 1 || dims[1] != 3 || dims[2] < 1 || dims[3] < 1) {
        throw new WeightsException(
            "%s: tensor %s is no picture (1, 3, H, W)".formatted(source, picture));
      }
    }
    int k = (int) tensors.get(K).data()[0];
    if (k < 0) {
      throw new WeightsException("%s: tensor %s is %d patches, below 0".formatted(source, K, k));
    }
    return Optional.of(new SelfCheck(tensors.get(INPUT), tensors.get(OUTPUT), k));
  }

  List<NamedTensor> tensors() {
    return List.of(input, output, new NamedTensor(K, new int[] {1}, new float[] {k}));
  }
}
