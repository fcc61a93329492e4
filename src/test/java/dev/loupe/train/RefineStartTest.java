package dev.loupe.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.loupe.guided.FrameSpec;
import dev.loupe.guided.GuidedScheme;
import dev.loupe.guided.MaskPrediction;
import dev.loupe.guided.PatchCount;
import dev.loupe.guided.ReferenceFrameRunner;
import dev.loupe.network.Network;
import dev.loupe.network.Pan;
import dev.loupe.network.Rfdn;
import dev.loupe.weights.NamedTensor;
import dev.loupe.weights.Variant;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A Refine-Net that has learnt nothing yet gives back Base-Net's picture. */
class RefineStartTest {
  private static final PartCopies REFINE_AS_BASE = new PartCopies(Map.of("refine", "base"));
  private static final int HEIGHT = 17;
  private static final int WIDTH = 22;

  private static List<NamedTensor> first(Network network) {
    return List.copyOf(FirstWeights.of(network, MaskPrediction.TWO_CLASSES, 1).tensors());
  }

  /** Samples that are nowhere negative, as those of pictures are. */
  private static List<NamedTensor> bright(List<NamedTensor> tensors) {
    return tensors.stream()
        .map(
            tensor -> {
              if (!tensor.name().equals("base.up.0.bias")) {
                return tensor;
              }
              float[] bias = new float[tensor.data().length];
              Arrays.fill(bias, 10);
              return new NamedTensor(tensor.name(), tensor.dims(), bias);
            })
        .toList();
  }

  private static float[] picture(Rfdn network, List<NamedTensor> tensors, Variant variant) {
    Map<String, NamedTensor> byName =
        tensors.stream().collect(Collectors.toMap(NamedTensor::name, Function.identity()));
    GuidedScheme scheme =
        new GuidedScheme(network, (name, dims) -> byName.get(name).tensor(), 4, 1f, 16);
    Random random = new Random(1);
    float[] src = new float[3 * HEIGHT * WIDTH];
    for (int i = 0; i < src.length; i++) {
      src[i] = random.nextFloat();
    }
    float[] picture = new float[src.length * network.scale() * network.scale()];
    FrameSpec spec = FrameSpec.floats(WIDTH, HEIGHT, variant, PatchCount.ALL);
    new ReferenceFrameRunner(scheme.build(spec))
        .run(FloatBuffer.wrap(src), FloatBuffer.wrap(picture));
    return picture;
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4})
  void everyPatchBeginsAsTheCoarsePictureHasIt(int scale) {
    Rfdn network = new Rfdn(scale, 1, 1);
    List<NamedTensor> drawn = bright(first(network));
    List<NamedTensor> started = REFINE_AS_BASE.apply(drawn);
    float[] base = picture(network, started, Variant.BASE);
    assertArrayEquals(base, picture(network, started, Variant.ALL), 1e-4f);
    float[] unstarted = picture(network, drawn, Variant.ALL);
    assertTrue(Math.abs(base[100] - unstarted[100]) > 1, "the test cannot tell them apart");
  }

  @Test
  void baseAndMaskStayAsTheyWere() {
    List<NamedTensor> drawn = first(new Rfdn(4, 1, 1));
    List<NamedTensor> started = REFINE_AS_BASE.apply(drawn);
    for (int i = 0; i < drawn.size(); i++) {
      assertEquals(drawn.get(i).name(), started.get(i).name());
      if (!drawn.get(i).name().startsWith("refine.")) {
        assertArrayEquals(drawn.get(i).data(), started.get(i).data());
      }
    }
  }

  @Test
  void otherNetworksAreRefused() {
    List<NamedTensor> pan = first(new Pan(4, 1, 1));
    String message =
        assertThrows(IllegalArgumentException.class, () -> REFINE_AS_BASE.apply(pan)).getMessage();
    assertTrue(message.contains("RFDN alone"), message);
  }
}
