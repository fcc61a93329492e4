package dev.loupe.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.loupe.weights.NamedTensor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PartCopiesTest {
  private static final List<NamedTensor> TENSORS =
      List.of(
          tensor("base.tail.w", 1, 2),
          tensor("base.tailor.w", 3, 4),
          tensor("refine.tail.w", 5, 6),
          tensor("refine.tailor.w", 7, 8),
          tensor("refine.alone.w", 9));

  private static NamedTensor tensor(String name, float... data) {
    return new NamedTensor(name, new int[] {data.length}, data);
  }

  @Test
  void aPartTakesTheElementsOfItsSource() {
    List<NamedTensor> copied = new PartCopies(Map.of("refine.tail", "base.tail")).apply(TENSORS);
    for (int i = 0; i < TENSORS.size(); i++) {
      assertEquals(TENSORS.get(i).name(), copied.get(i).name());
      assertArrayEquals(TENSORS.get(i == 2 ? 0 : i).data(), copied.get(i).data());
    }
  }

  @Test
  void aPartThatIsNotThereIsRefused() {
    refused("'refine.head'", Map.of("refine.head", "base.tail"));
  }

  @Test
  void aSourceWithoutCounterpartIsRefused() {
    refused("refine.alone.w", Map.of("refine.alone", "base.alone"));
    refused("refine.alone.w", Map.of("refine.alone", "base.tail"));
  }

  @Test
  void aPartInsideAnotherIsRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new PartCopies(Map.of("refine", "base", "refine.tail", "base.head")));
  }

  private static void refused(String named, Map<String, String> sources) {
    PartCopies copies = new PartCopies(sources);
    String message =
        assertThrows(IllegalArgumentException.class, () -> copies.apply(TENSORS)).getMessage();
    assertEquals(true, message.contains(named), message);
  }
}
