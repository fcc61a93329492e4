package dev.loupe.timing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.loupe.graph.Graph;
import dev.loupe.graph.ReferenceGraph;
import dev.loupe.tensor.FloatTensor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Tests of how a rung's result is judged. */
class LadderRungTest {
  /** A crop with the whole halo gives the very values of the whole frame, so the error is 0. */
  @Test
  void cropsAreExactAndSeeWhatIsOff() {
    for (String name : List.of("c40", "fsrcnn_base")) {
      LadderRung rung =
          LadderRung.all().stream().filter(r -> r.name().equals(name)).findFirst().orElseThrow();
      Graph graph = rung.graph(43, 40);
      FloatTensor input = LadderRung.noise(graph.inputs().get(0).type().shape());
      FloatTensor output =
          new ReferenceGraph(graph)
              .run(Map.of(graph.inputs().get(0), input), node -> {})
              .get(graph.outputs().get(0));
      assertEquals(0, rung.error(input, output));
      output.data()[output.data().length - 1] += 1;
      assertTrue(rung.error(input, output) > 1e-3);
      output.data()[output.data().length - 1] -= 1;
      output.data()[0] = Float.NaN;
      assertEquals(Double.POSITIVE_INFINITY, rung.error(input, output));
    }
  }
}
