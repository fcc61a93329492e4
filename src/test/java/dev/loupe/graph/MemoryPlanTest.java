package dev.loupe.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.loupe.op.Conv2d;
import dev.loupe.op.Parameter;
import dev.loupe.op.TensorType;
import dev.loupe.tensor.Activation;
import dev.loupe.tensor.ConvGeometry;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Tests of {@link MemoryPlan}. */
class MemoryPlanTest {
  private static final long UNLIMITED = 1L << 40;

  private static MemoryPlan plan(Graph graph) {
    return new MemoryPlan(graph, UNLIMITED);
  }

  /** What lies in memory while nodes first to last run, aliases listed one by one. */
  private record Span(String name, int arena, long from, long to, int first, int last) {
    boolean clashes(Span other) {
      boolean together = first <= other.last && other.first <= last;
      return together && arena == other.arena && from < other.to && other.from < to;
    }
  }

  private static List<Span> spans(Graph graph, MemoryPlan plan) {
    List<Span> spans = new ArrayList<>();
    int end = graph.nodes().size();
    for (Value value : graph.values()) {
      int first = graph.inputs().contains(value) ? -1 : end;
      int last = graph.outputs().contains(value) ? end : -1;
      for (int i = 0; i < end; i++) {
        Node node = graph.nodes().get(i);
        if (node.output().equals(value)) {
          first = i;
          last = Math.max(last, i);
        }
        if (node.inputs().contains(value)) {
          last = Math.max(last, i);
        }
      }
      MemoryPlan.Place place = plan.place(value);
      long to = place.byteOffset() + value.type().bytes();
      spans.add(new Span(value.name(), place.arena(), place.byteOffset(), to, first, last));
    }
    for (int i = 0; i < end; i++) {
      MemoryPlan.Place place = plan.scratch(i);
      if (place != null) {
        long to = place.byteOffset() + graph.nodes().get(i).scratchBytes();
        spans.add(new Span("scratch " + i, place.arena(), place.byteOffset(), to, i, i));
      }
    }
    return spans;
  }

  /** Whether the plan may let b share a's bytes: written in place, or a part of the whole. */
  private static boolean mayShare(Graph graph, Span a, Span b) {
    for (Node node : graph.nodes()) {
      List<String> inputs = node.inputs().stream().map(Value::name).toList();
      if (node.output().name().equals(b.name())
          && (node.operator().concatenates() ? inputs : inputs.subList(0, 1)).contains(a.name())) {
        return node.operator().concatenates() || node.operator().overwrites() >= 0;
      }
    }
    return false;
  }

  private static void assertSound(Graph graph, MemoryPlan plan, long limit) {
    List<Span> spans = spans(graph, plan);
    for (int i = 0; i < spans.size(); i++) {
      Span a = spans.get(i);
      assertEquals(0, a.from() % MemoryPlan.ALIGNMENT);
      assertTrue(a.from() >= MemoryPlan.ALIGNMENT, "no slack before " + a);
      long room = plan.arenas().get(a.arena()) - MemoryPlan.ALIGNMENT;
      assertTrue(a.to() <= room, "no slack after " + a);
      for (Span b : spans.subList(i + 1, spans.size())) {
        assertTrue(
            !a.clashes(b) || mayShare(graph, a, b) || mayShare(graph, b, a), a + " and " + b);
      }
    }
    plan.arenas().forEach(bytes -> assertTrue(bytes <= limit, bytes + " beyond " + limit));
  }

  private static Graph randomGraph(Random random) {
    Graph graph = new Graph();
    List<Value> live = new ArrayList<>();
    TensorType type = TensorType.frame(1 + random.nextInt(5), 7, 13 + random.nextInt(40));
    live.add(graph.input("a", type));
    live.add(graph.input("b", type));
    for (int i = 0; i < 25; i++) {
      Value src = live.get(random.nextInt(live.size()));
      Value other = live.get(random.nextInt(live.size()));
      switch (random.nextInt(5)) {
        case 0 -> {
          // The overwritten value is gone: nobody may read it later.
          live.remove(src);
          live.add(graph.add(Blend.overwriting(), src));
        }
        case 1 -> live.add(graph.add(new Blend(Blend.Kind.FRESH, 3, 5000), src, other));
        default -> live.add(graph.add(Blend.fresh(1 + random.nextInt(9)), src, other));
      }
    }
    graph.output(live.get(live.size() - 1));
    graph.output(live.get(random.nextInt(live.size())));
    return graph;
  }

  @Test
  void noTwoLiveTensorsOverlapInRandomGraphs() {
    for (int seed = 0; seed < 200; seed++) {
      Graph graph = randomGraph(new Random(seed));
      assertSound(graph, plan(graph), UNLIMITED);
      assertSound(graph, new MemoryPlan(graph, 64 << 10), 64 << 10);
    }
  }

  @Test
  void aChainTakesTwoTensors() {
    Graph graph = new Graph();
    Value value = graph.input("input", TensorType.frame(4, 16, 32));
    for (int i = 0; i < 10; i++) {
      value = graph.add(Blend.fresh(4), value);
    }
    graph.output(value);
    MemoryPlan plan = plan(graph);
    long tensor = 4L * 4 * 16 * 32;
    assertEquals(2 * tensor + 2 * MemoryPlan.ALIGNMENT, plan.bytes());
    assertEquals(11 * tensor, plan.separateBytes());
    assertEquals(1, plan.arenas().size());
  }

  @Test
  void anOverwrittenTensorAndItsResultAreOnePlace() {
    Graph graph = new Graph();
    Value input = graph.input("input", TensorType.frame(1, 4, 4));
    Value value = graph.add(Blend.fresh(3), input);
    Value once = graph.add(Blend.overwriting(), value, input);
    Value twice = graph.add(Blend.overwriting(), once, input);
    graph.output(twice);
    MemoryPlan plan = plan(graph);
    assertEquals(plan.place(value), plan.place(twice));
    assertEquals(plan.place(value), plan.place(once));
    assertNotEquals(plan.place(value), plan.place(input));
  }

  @Test
  void readingWhatWasOverwrittenIsRefused() {
    Graph graph = new Graph();
    Value value = graph.add(Blend.fresh(3), graph.input("input", TensorType.frame(1, 4, 4)));
    Value changed = graph.add(Blend.overwriting(), value);
    graph.output(graph.add(Blend.fresh(1), value, changed));
    String message = assertThrows(IllegalArgumentException.class, () -> plan(graph)).getMessage();
    assertTrue(message.contains(value.name()), message);

    Graph kept = new Graph();
    Value output = kept.add(Blend.fresh(3), kept.input("input", TensorType.frame(1, 4, 4)));
    kept.output(output);
    kept.add(Blend.overwriting(), output);
    assertThrows(IllegalArgumentException.class, () -> plan(kept));
  }

  @Test
  void partsOfAConcatenationAreMadeInTheirPlaces() {
    Graph graph = new Graph();
    Value input = graph.input("input", TensorType.frame(2, 5, 17));
    Value a = graph.add(Blend.fresh(3), input);
    Value b = graph.add(Blend.fresh(1), a);
    Value inner = graph.add(Blend.concatenating(), a, b);
    Value c = graph.add(Blend.fresh(2), inner);
    Value outer = graph.add(Blend.concatenating(), c, inner);
    graph.output(outer);
    MemoryPlan plan = plan(graph);
    long start = plan.place(outer).byteOffset();
    long plane = outer.type().plane() * 4;
    assertEquals(start, plan.place(c).byteOffset());
    assertEquals(start + 2 * plane, plan.place(inner).byteOffset());
    assertEquals(start + 2 * plane, plan.place(a).byteOffset());
    assertEquals(start + 5 * plane, plan.place(b).byteOffset());
  }

  @Test
  void aPartThatIsNotMadeYetLeavesItsBytesToOthers() {
    Graph graph = new Graph();
    Value first = graph.add(Blend.fresh(4), graph.input("input", TensorType.frame(1, 4, 32)));
    Value early = graph.add(Blend.fresh(4), first);
    Value late = graph.add(Blend.fresh(4), early);
    Value second = graph.add(Blend.fresh(4), late);
    graph.output(graph.add(Blend.concatenating(), first, second));
    MemoryPlan plan = plan(graph);
    assertEquals(plan.place(second), plan.place(early));
    assertEquals(3 * first.type().bytes() + 2 * MemoryPlan.ALIGNMENT, plan.bytes());
  }

  @Test
  void whereTheLargestFirstLeavesGapsAnotherOrderIsFound() {
    Graph graph = new Graph();
    Value lasting = graph.add(Blend.fresh(4), graph.input("input", TensorType.frame(1, 4, 32)));
    Value block = lasting;
    for (int i = 0; i < 4; i++) {
      Value a = graph.add(Blend.fresh(2), block);
      Value x = graph.add(Blend.fresh(4), block);
      Value b = graph.add(Blend.fresh(2), x);
      Value y = graph.add(Blend.fresh(4), x);
      Value c = graph.add(Blend.fresh(2), y);
      Value z = graph.add(Blend.fresh(4), y);
      Value d = graph.add(Blend.fresh(2), z);
      Value joined = graph.add(Blend.fresh(4), graph.add(Blend.concatenating(), a, b, c, d));
      block = graph.add(Blend.fresh(4), joined);
    }
    graph.output(graph.add(Blend.fresh(4), block, lasting));
    MemoryPlan plan = plan(graph);
    // While z is made: lasting, y, z, and three halves.
    long least = 9 * lasting.type().bytes() / 2;
    assertSound(graph, plan, UNLIMITED);
    assertEquals(least + 2 * MemoryPlan.ALIGNMENT, plan.bytes());
  }

  @Test
  void aPartThatCannotMoveIsLeftForTheOperatorToCopy() {
    Graph graph = new Graph();
    Value input = graph.input("input", TensorType.frame(2, 5, 17));
    Value a = graph.add(Blend.fresh(3), input);
    Value joined = graph.add(Blend.concatenating(), input, a, a);
    graph.output(joined);
    MemoryPlan plan = plan(graph);
    long start = plan.place(joined).byteOffset();
    long end = start + joined.type().bytes();
    for (Value part : List.of(input, a)) {
      long at = plan.place(part).byteOffset();
      assertTrue(at >= end || at + part.type().bytes() <= start, part.name());
    }
  }

  @Test
  void regionsGoToSeveralArenasWhereABufferIsLimited() {
    Graph graph = new Graph();
    Value input = graph.input("input", TensorType.frame(4, 16, 32));
    Value a = graph.add(Blend.fresh(4), input);
    Value b = graph.add(Blend.fresh(4), input);
    graph.output(graph.add(Blend.fresh(4), a, b));
    long tensor = 4L * 4 * 16 * 32;
    long limit = tensor + 2 * MemoryPlan.ALIGNMENT;
    MemoryPlan plan = new MemoryPlan(graph, limit);
    assertEquals(List.of(limit, limit, limit), plan.arenas());
    assertEquals(3 * limit, plan.bytes());
    assertSound(graph, plan, limit);
  }

  @Test
  void aTensorAboveTheLimitIsRefused() {
    Graph graph = new Graph();
    graph.output(graph.input("input", TensorType.frame(4, 16, 32)));
    long tensor = 4L * 4 * 16 * 32;
    long limit = tensor + 2 * MemoryPlan.ALIGNMENT - 1;
    String message =
        assertThrows(IllegalArgumentException.class, () -> new MemoryPlan(graph, limit))
            .getMessage();
    assertTrue(message.contains("8192 bytes is larger than"), message);
  }

  /** {@code wide} convolutions of 8 channels between two tensors of one. */
  private static Graph convolutions(int wide) {
    Graph graph = new Graph();
    Value x = graph.input("input", TensorType.frame(1, 256, 64));
    for (int i = 0; i < wide; i++) {
      x = graph.add(conv(x.type().shape().c(), 8), x);
    }
    graph.output(graph.add(conv(x.type().shape().c(), 1), x));
    return graph;
  }

  private static Conv2d conv(int from, int to) {
    Parameter weights = new Parameter("w", FloatTensor.zeros(new Shape(to, from, 3, 3)));
    return new Conv2d(weights, null, ConvGeometry.same(3), Activation.NONE, null);
  }

  @Test
  void bandsAreAsHighAsIsFastestAndLowerWhereMemoryIsShort() {
    Graph graph = convolutions(2);
    assertEquals(16, MemoryPlan.within(graph, UNLIMITED, UNLIMITED, UNLIMITED, 16).band());
    long sixteen = MemoryPlan.banded(graph, UNLIMITED, 16).bytes();
    MemoryPlan lower = MemoryPlan.within(graph, UNLIMITED, sixteen - 1, UNLIMITED, 16);
    assertEquals(8, lower.band());
    assertTrue(lower.bytes() < sixteen);
  }

  @Test
  void noPlanTakesLessThanTheLowerBound() {
    for (Graph graph : List.of(convolutions(0), convolutions(2))) {
      long lowest = MemoryPlan.banded(graph, UNLIMITED, 1).bytes();
      long bound = MemoryPlan.lowerBound(graph);
      assertTrue(bound > 0 && bound <= lowest, bound + " of " + lowest);
      assertTrue(bound <= plan(graph).bytes());
    }
  }

  @Test
  void aFrameThatBandsHardlyShrinkRunsWhole() {
    Graph graph = convolutions(0);
    assertEquals(0, MemoryPlan.within(graph, UNLIMITED, UNLIMITED, UNLIMITED, 16).band());
  }

  @Test
  void wherePossibleTheWholeFrameRunsIfNoBandIsFaster() {
    Graph graph = convolutions(2);
    long whole = plan(graph).bytes();
    assertEquals(0, MemoryPlan.within(graph, UNLIMITED, whole, whole, 0).band());
    assertEquals(128, MemoryPlan.within(graph, UNLIMITED, whole - 1, whole, 0).band());
  }
}
