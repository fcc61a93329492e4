package dev.loupe.graph;

import dev.loupe.kernel.KernelLibrary;
import dev.loupe.kernel.SpecialisedFile;
import dev.loupe.op.LaunchRecorder;
import dev.loupe.op.ParameterMemory;
import dev.loupe.opencl.CommandQueue;
import dev.loupe.opencl.Context;
import dev.loupe.opencl.Device;
import dev.loupe.opencl.DeviceBuffer;
import dev.loupe.opencl.NullBinding;
import dev.loupe.opencl.OpenCl;
import dev.loupe.opencl.ProgramCache;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The programs that a graph asks for, known before any is built: it is recorded on a null device
 * with the limits and the tuning of the real one.
 */
final class ProgramForecast {
  private static final Logger LOG = LoggerFactory.getLogger(ProgramForecast.class);

  private ProgramForecast() {}

  /** The programs of a graph on the device of {@code library}; none where it cannot tell. */
  static Set<SpecialisedFile> of(
      MemoryPlan plan, KernelLibrary library, ParameterMemory parameters) {
    Device nothing = OpenCl.of(NullBinding.like(library.context().device())).select(null);
    try (Context context = Context.create(nothing, ProgramCache.none());
        KernelLibrary foretold = new KernelLibrary(context, library.tuning());
        CommandQueue queue = context.queue();
        LaunchRecorder recorder =
            LaunchRecorder.ofPrograms(foretold, queue, parameters, plan.graph().precision())) {
      List<DeviceBuffer> arenas = new ArrayList<>();
      for (long bytes : plan.arenas()) {
        arenas.add(context.allocate(bytes));
      }
      new BandRecorder(plan, arenas, recorder).steps();
      arenas.forEach(DeviceBuffer::close);
      return foretold.files();
    } catch (RuntimeException e) {
      LOG.debug("no forecast of the programs: {}", e.toString());
      return Set.of();
    }
  }
}
