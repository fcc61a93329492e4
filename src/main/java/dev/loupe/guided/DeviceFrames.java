package dev.loupe.guided;

import dev.loupe.graph.Graph;
import dev.loupe.graph.MemoryPlan;
import dev.loupe.graph.TensorTooLargeException;
import dev.loupe.kernel.KernelLibrary;
import dev.loupe.op.Layout;
import dev.loupe.op.TensorType;
import dev.loupe.opencl.CommandQueue;
import dev.loupe.opencl.OutOfDeviceMemoryException;
import dev.loupe.tensor.Shape;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The maker of frame runners on one device, within a memory limit: the whole frame at once where
 * that fits, else in bands, which give the same bytes, else in {@link TileFrameRunner tiles}.
 */
public final class DeviceFrames {
  private static final Logger LOG = LoggerFactory.getLogger(DeviceFrames.class);

  /** Rows of the result: CUDA starts no more work-groups along them, nor may other drivers. */
  private static final long MOST_ROWS_ON_GPU = 65_535;

  private final KernelLibrary library;
  private final CommandQueue queue;
  private final MemoryLimit limit;
  private final long largestBuffer;

  /** A maker for the device of {@code library}. */
  public DeviceFrames(KernelLibrary library, CommandQueue queue, MemoryLimit limit) {
    this.library = library;
    this.queue = queue;
    this.limit = limit;
    largestBuffer = library.context().device().memory().maxAllocation();
  }

  /**
   * Prepares a frame.
   *
   * @throws OutOfDeviceMemoryException if the device has too little memory even for a tile
   */
  public FrameRunner prepare(GuidedScheme scheme, FrameSpec spec) {
    DeviceFrameRunner runner = whole(scheme.build(spec));
    return runner == null ? new TileFrameRunner(scheme, spec, this::whole, this::least) : runner;
  }

  /**
   * Bytes of device memory in which {@link #whole} makes the frame, in the lowest bands: more than
   * there are, where it does not.
   */
  private long least(FrameGraph built) {
    Graph graph = built.splitConcats().graph();
    long tensors = MemoryPlan.banded(graph, Long.MAX_VALUE / 2, 1).bytes();
    long light = tensors + graph.weightBytes(library.withoutWinograd().tuning());
    return isHeavy(graph, light) && light > limit.most()
        ? light
        : tensors + graph.weightBytes(library.tuning());
  }

  /** Whether Winograd's weights would leave too little of {@code bytes} for the tensors. */
  private boolean isHeavy(Graph graph, long bytes) {
    return graph.weightBytes(library.tuning()) > bytes / 2;
  }

  /** A runner of the frame in one piece, or null where its memory passes what there is. */
  private DeviceFrameRunner whole(FrameGraph built) {
    FrameGraph frame = built.splitConcats();
    Graph graph = frame.graph();
    KernelLibrary lighter = isHeavy(graph, limit.most()) ? library.withoutWinograd() : library;
    Shape input = frame.input().type().shape();
    int band = library.tuning().band(input.h(), input.w());
    long room = limit.most() - graph.weightBytes(lighter.tuning());
    if (isTooLarge(frame) || MemoryPlan.lowerBound(graph) > room) {
      return null;
    }
    while (true) {
      MemoryPlan plan;
      try {
        long preferred = Math.min(limit.preferred(), room);
        plan = MemoryPlan.within(graph, largestBuffer, preferred, room, band);
      } catch (TensorTooLargeException e) {
        return null;
      }
      if (plan.bytes() > room) {
        return null;
      }
      try {
        return new DeviceFrameRunner(frame, plan, lighter, queue);
      } catch (OutOfDeviceMemoryException e) {
        LOG.warn("{}; trying with half of {} MB", e.getMessage(), plan.bytes() >> 20);
        room = plan.bytes() / 2;
      }
    }
  }

  /**
   * Whether one run cannot make it, whatever the memory: it is too high for a GPU, or floats that
   * Java's buffer to stage them in does not hold.
   */
  private boolean isTooLarge(FrameGraph frame) {
    TensorType made = frame.output().type();
    boolean isStaged = made.layout() == Layout.FRAME;
    boolean isGpu = library.tuning().tile() != null;
    return (isStaged && made.bytes() > Integer.MAX_VALUE)
        || (isGpu && made.shape().h() > MOST_ROWS_ON_GPU);
  }
}
