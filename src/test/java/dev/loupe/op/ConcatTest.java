package dev.loupe.op;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.loupe.graph.Graph;
import dev.loupe.graph.MemoryPlan;
import dev.loupe.graph.Value;
import dev.loupe.tensor.Shape;
import dev.loupe.testing.DeviceFixture;
import dev.loupe.testing.OnEveryDeviceClass;
import dev.loupe.testing.Sizes;
import dev.loupe.testing.Tensors;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests of {@link Concat} against its reference, and of where a plan places its sources. */
@OnEveryDeviceClass
class ConcatTest {
  private final DeviceFixture device;

  ConcatTest(String deviceClass) {
    device = DeviceFixture.of(deviceClass);
  }

  @Test
  void sourcesThatLieElsewhereAreCopied() {
    for (Shape shape : Sizes.frames(3, 16)) {
      device.checkExact(
          new Concat(),
          Operand.frame(Tensors.random(1, shape)),
          Operand.frame(Tensors.random(2, shape.withChannels(1))),
          Operand.frame(Tensors.random(3, shape.withChannels(5))));
    }
    for (Shape shape : Sizes.patches(3)) {
      device.checkExact(
          new Concat(),
          Operand.patches(Tensors.random(1, shape)),
          Operand.patches(Tensors.random(2, shape.withChannels(2))));
    }
  }

  @Test
  void planesWithACacheLineOfSlackStayInStep() {
    Shape shape = Shape.frame(2, 32, 32);
    device.checkExact(
        new Concat(),
        Operand.frame(Tensors.random(1, shape)),
        Operand.frame(Tensors.random(2, shape)));
  }

  @Test
  void aPlanPlacesSourcesWhereTheyEndUp() {
    Graph graph = new Graph();
    Value src = graph.input("src", TensorType.frame(2, 9, 17));
    Value a = graph.add(new GridMean(1), src);
    Value b = graph.add(new GridMean(1), a);
    Value joined = graph.add(new Concat(), b, a, src);
    graph.output(joined);
    MemoryPlan plan = new MemoryPlan(graph, 1 << 20);
    long start = plan.place(joined).byteOffset();
    assertEquals(start, plan.place(b).byteOffset());
    assertEquals(start + b.type().bytes(), plan.place(a).byteOffset());
  }

  @Test
  void sourcesOfOtherSizesAreRefused() {
    TensorType a = TensorType.frame(2, 4, 4);
    TensorType b = TensorType.frame(2, 4, 5);
    assertThrows(IllegalArgumentException.class, () -> new Concat().output(List.of(a, b)));
  }
}
