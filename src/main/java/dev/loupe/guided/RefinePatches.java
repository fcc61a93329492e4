package dev.loupe.guided;

import dev.loupe.graph.DeviceGraph;
import dev.loupe.graph.Graph;
import dev.loupe.graph.MemoryPlan;
import dev.loupe.graph.ReferenceGraph;
import dev.loupe.graph.Value;
import dev.loupe.network.Network;
import dev.loupe.network.NetworkBuilder;
import dev.loupe.network.Picture;
import dev.loupe.network.WeightSource;
import dev.loupe.op.Cost;
import dev.loupe.op.LaunchRecorder;
import dev.loupe.op.Layout;
import dev.loupe.op.Operator;
import dev.loupe.op.PatchGather;
import dev.loupe.op.PatchScatter;
import dev.loupe.op.TensorType;
import dev.loupe.op.TensorView;
import dev.loupe.opencl.DeviceBuffer;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The refinement of chosen patches: gather, Refine-Net on the packed batch, scatter, batch after
 * batch (paper section 3.3). Operands: the coarse picture, which is overwritten, the indices (K),
 * the feature (1, C, H, W) and, where the network has one, the image skip.
 *
 * <p>It is an operator with a graph of its own, whose memory is this operator's scratch: so the
 * planner lets it reuse what Base-Net needed.
 */
final class RefinePatches implements Operator {
  private static final int HALO = 1;

  private final int p;
  private final int patches;
  private final int batch;
  private final int scale;
  private final Graph graph = new Graph();
  private final Value window;
  private final Optional<Value> skip;
  private final Picture refined;
  private final MemoryPlan plan;

  /** Refines {@code patches} patches of side {@code p}, at most {@code batch} at a time. */
  RefinePatches(
      Network network, WeightSource weights, int p, int patches, int batch, boolean skips) {
    this.p = p;
    this.patches = patches;
    this.batch = Math.min(batch, patches);
    scale = network.scale();
    graph.stage("refine");
    window = graph.input("window", patchType(network.featureChannels(), p + 2 * HALO));
    skip = skips ? Optional.of(graph.input("skip", patchType(3, p * scale))) : Optional.empty();
    refined = network.refine(new NetworkBuilder(graph, weights), window, skip, true);
    graph.output(refined.value());
    plan = new MemoryPlan(graph, Long.MAX_VALUE);
  }

  private TensorType patchType(int channels, int size) {
    return new TensorType(new Shape(batch, channels, size, size), Layout.PATCHES);
  }

  @Override
  public String name() {
    return "refine_patches";
  }

  @Override
  public TensorType output(List<TensorType> inputs) {
    return scatter(0).output(List.of(inputs.get(0), refined.value().type(), inputs.get(1)));
  }

  @Override
  public int overwrites() {
    return 0;
  }

  @Override
  public long scratchBytes(List<TensorType> inputs, TensorType output) {
    return plan.bytes();
  }

  @Override
  public Cost cost(List<TensorType> inputs, TensorType output) {
    Cost all = graph.cost();
    return new Cost(share(all.paper()), share(all.multiplyAdds()), share(all.executed()));
  }

  private long share(long ofBatch) {
    return Math.multiplyExact(ofBatch, (long) patches) / batch;
  }

  /**
   * The picture's cells are p low-resolution pixels wide, or p * scale where it is shuffled
   * already.
   */
  private PatchScatter scatter(int first) {
    return new PatchScatter(p * scale / refined.factor(), first);
  }

  @Override
  public FloatTensor reference(List<FloatTensor> inputs) {
    FloatTensor picture = inputs.get(0);
    FloatTensor indices = inputs.get(1);
    ReferenceGraph refine = new ReferenceGraph(graph);
    for (int first = 0; first < patches; first += batch) {
      Map<Value, FloatTensor> feed = new HashMap<>();
      PatchGather windows = new PatchGather(p, HALO, first, batch);
      feed.put(window, windows.reference(List.of(inputs.get(2), indices)));
      if (skip.isPresent()) {
        PatchGather skips = new PatchGather(p * scale, 0, first, batch);
        feed.put(skip.get(), skips.reference(List.of(inputs.get(3), indices)));
      }
      FloatTensor result = refine.run(feed, node -> {}).get(refined.value());
      picture = scatter(first).reference(List.of(picture, result, indices));
    }
    return picture;
  }

  @Override
  public void record(LaunchRecorder recorder, List<TensorView> inputs, TensorView output) {
    DeviceBuffer scratch = recorder.scratch();
    long offset = recorder.scratchOffset();
    List<DeviceBuffer> arena = List.of(scratch);
    TensorView indices = inputs.get(1);
    List<LaunchRecorder.Step> refine = List.of();
    for (int first = 0; first < patches; first += batch) {
      recorder.begin("gather", "patch_gather", null, 0);
      gather(recorder, p, HALO, first, inputs.get(2), indices, view(window, arena, offset));
      if (skip.isPresent()) {
        TensorView skips = view(skip.get(), arena, offset);
        gather(recorder, p * scale, 0, first, inputs.get(3), indices, skips);
      }
      if (first == 0) {
        int from = recorder.steps().size();
        DeviceGraph.record(graph, plan, arena, offset, recorder);
        refine = List.copyOf(recorder.steps().subList(from, recorder.steps().size()));
      } else {
        recorder.repeat(refine);
      }
      recorder.begin("scatter", "patch_scatter", null, 0);
      TensorView result = view(refined.value(), arena, offset);
      scatter(first).record(recorder, List.of(output, result, indices), output);
    }
  }

  private TensorView view(Value value, List<DeviceBuffer> arena, long offset) {
    return DeviceGraph.view(value, plan, arena, offset);
  }

  private void gather(
      LaunchRecorder recorder,
      int side,
      int halo,
      int first,
      TensorView frame,
      TensorView indices,
      TensorView windows) {
    new PatchGather(side, halo, first, batch).record(recorder, List.of(frame, indices), windows);
  }
}
