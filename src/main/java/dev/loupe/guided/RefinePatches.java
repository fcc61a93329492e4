package dev.loupe.guided;

import dev.loupe.graph.DeviceGraph;
import dev.loupe.graph.Graph;
import dev.loupe.graph.MemoryPlan;
import dev.loupe.graph.ReferenceGraph;
import dev.loupe.graph.Value;
import dev.loupe.kernel.Tuning;
import dev.loupe.network.Network;
import dev.loupe.network.NetworkBuilder;
import dev.loupe.network.Picture;
import dev.loupe.network.WeightSource;
import dev.loupe.op.Cost;
import dev.loupe.op.LaunchRecorder;
import dev.loupe.op.Layout;
import dev.loupe.op.Operator;
import dev.loupe.op.PatchGather;
import dev.loupe.op.Precision;
import dev.loupe.op.RowCopy;
import dev.loupe.op.TensorType;
import dev.loupe.op.TensorView;
import dev.loupe.opencl.DeviceBuffer;
import dev.loupe.tensor.Blocks;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The refinement of chosen patches: gather and Refine-Net on a packed batch, batch after batch
 * (paper section 3.3). Operands: the indices (K), the feature (1, C, H, W) and, where the network
 * has one, the image skip; the output is the K refined patches.
 *
 * <p>It is an operator with a graph of its own, whose memory is this operator's scratch: so the
 * planner lets it reuse what Base-Net needed.
 */
final class RefinePatches implements Operator {
  private final int p;
  private final int patches;
  private final int batch;
  private final int scale;
  private final Precision precision;
  private final Graph graph = new Graph();
  private final Value window;
  private final Optional<Value> skip;
  private final Picture refined;
  private final MemoryPlan plan;

  /**
   * Refines {@code patches} patches of side {@code p}, at most {@code batch} at a time.
   *
   * @param skips whether the network has an image skip
   * @param precision of the feature and the result
   */
  RefinePatches(
      Network network,
      WeightSource weights,
      int p,
      int patches,
      int batch,
      boolean skips,
      Precision precision) {
    this.p = p;
    this.patches = patches;
    // The result of a batch begins at a whole vector among the lanes of all patches.
    this.batch = Math.min(Blocks.roundUp(batch, TensorType.PITCH_ALIGNMENT), patches);
    scale = network.scale();
    this.precision = precision;
    graph.stage("refine");
    window = graph.input("window", patchType(network.featureChannels(), p + 2 * Network.HALO));
    skip = skips ? Optional.of(graph.input("skip", patchType(3, p * scale))) : Optional.empty();
    refined = network.refine(new NetworkBuilder(graph, weights), window, skip, true);
    graph.output(refined.value());
    plan = new MemoryPlan(graph, Long.MAX_VALUE);
  }

  private TensorType patchType(int channels, int size) {
    return new TensorType(new Shape(batch, channels, size, size), Layout.PATCHES, precision);
  }

  @Override
  public String name() {
    return "refine_patches";
  }

  @Override
  public TensorType output(List<TensorType> inputs) {
    TensorType batchType = refined.value().type();
    Shape s = batchType.shape();
    return batchType.withShape(new Shape(patches, s.c(), s.h(), s.w()));
  }

  @Override
  public long weightBytes(Tuning tuning, TensorType output) {
    return graph.weightBytes(tuning);
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

  @Override
  public FloatTensor reference(List<FloatTensor> inputs) {
    FloatTensor indices = inputs.get(0);
    ReferenceGraph refine = new ReferenceGraph(graph);
    Shape s = refined.value().type().shape();
    FloatTensor all = FloatTensor.zeros(new Shape(patches, s.c(), s.h(), s.w()));
    for (int first = 0; first < patches; first += batch) {
      Map<Value, FloatTensor> feed = new HashMap<>();
      PatchGather windows = new PatchGather(p, Network.HALO, first, batch);
      feed.put(window, windows.reference(List.of(inputs.get(1), indices)));
      if (skip.isPresent()) {
        PatchGather skips = new PatchGather(p * scale, 0, first, batch);
        feed.put(skip.get(), skips.reference(List.of(inputs.get(2), indices)));
      }
      float[] result = refine.run(feed, node -> {}).get(refined.value()).data();
      int each = result.length / batch;
      int count = Math.min(batch, patches - first);
      System.arraycopy(result, 0, all.data(), first * each, count * each);
    }
    return all;
  }

  @Override
  public void record(LaunchRecorder recorder, List<TensorView> inputs, TensorView output) {
    DeviceBuffer scratch = recorder.scratch();
    long offset = recorder.scratchOffset();
    List<DeviceBuffer> arena = List.of(scratch);
    TensorView indices = inputs.get(0);
    TensorView result = view(refined.value(), arena, offset);
    List<LaunchRecorder.Recorded> refine = List.of();
    for (int first = 0; first < patches; first += batch) {
      recorder.begin("gather", "patch_gather", null, 0);
      new PatchGather(p, Network.HALO, first, batch)
          .record(recorder, List.of(inputs.get(1), indices), view(window, arena, offset));
      if (skip.isPresent()) {
        new PatchGather(p * scale, 0, first, batch)
            .record(recorder, List.of(inputs.get(2), indices), view(skip.get(), arena, offset));
      }
      if (first == 0) {
        int from = recorder.recorded().size();
        DeviceGraph.record(plan, arena, offset, recorder);
        refine = List.copyOf(recorder.recorded().subList(from, recorder.recorded().size()));
      } else {
        recorder.repeat(refine);
      }
      recorder.begin("scatter", "copy_rows", null, 0);
      TensorView place = new TensorView(output.buffer(), output.offset() + first, output.type());
      RowCopy.record(recorder, result, place, Math.min(batch, patches - first));
    }
  }

  private TensorView view(Value value, List<DeviceBuffer> arena, long offset) {
    return DeviceGraph.view(value, plan, arena, offset);
  }
}
