package dev.loupe.graph;

import dev.loupe.tensor.FloatTensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The executor that needs no OpenCL: every node through its plain-Java twin, slow and exact. */
public final class ReferenceGraph {
  private final Graph graph;
  private final int[] lastUse;

  /** An executor of {@code graph}. */
  public ReferenceGraph(Graph graph) {
    this.graph = graph;
    lastUse = new int[graph.values().size()];
    for (int i = 0; i < graph.nodes().size(); i++) {
      for (Value input : graph.nodes().get(i).inputs()) {
        lastUse[input.id()] = i;
      }
    }
    graph.outputs().forEach(output -> lastUse[output.id()] = Integer.MAX_VALUE);
  }

  /** Runs the graph; {@code progress} hears of every node before it runs. */
  public Map<Value, FloatTensor> run(Map<Value, FloatTensor> inputs, Consumer<Node> progress) {
    Map<Value, FloatTensor> live = new HashMap<>(inputs);
    for (int i = 0; i < graph.nodes().size(); i++) {
      Node node = graph.nodes().get(i);
      progress.accept(node);
      List<FloatTensor> operands = node.inputs().stream().map(live::get).toList();
      live.put(node.output(), node.operator().reference(operands));
      int now = i;
      node.inputs().stream().filter(in -> lastUse[in.id()] <= now).forEach(live::remove);
    }
    live.keySet().retainAll(graph.outputs());
    return live;
  }
}
