package dev.loupe.testing;

import dev.loupe.kernel.KernelLibrary;
import dev.loupe.kernel.Tuning;
import dev.loupe.opencl.CommandQueue;
import dev.loupe.opencl.Context;
import dev.loupe.opencl.OpenCl;
import dev.loupe.opencl.ProgramCache;
import dev.loupe.train.GoldenTraining;

/**
 * The program that trains one step under a memory checker (.ci/oclgrind): the kernels of train/,
 * which no operator launches, and a graph of both directions in one arena.
 */
public final class TrainingStep {
  private TrainingStep() {}

  /** Trains on the first device for each device class named. */
  public static void main(String[] deviceClasses) {
    OpenCl openCl = OpenCl.load(null);
    GoldenTraining golden = GoldenTraining.load("fsrcnn-all");
    try (Context context = Context.create(openCl.select(null), ProgramCache.none());
        CommandQueue queue = context.queue()) {
      for (String deviceClass : deviceClasses) {
        try (KernelLibrary library = new KernelLibrary(context, Tuning.forClass(deviceClass))) {
          double loss = golden.train(library, queue, 1).get(0);
          double expected = golden.losses()[0];
          if (!(Math.abs(loss - expected) <= 1e-3 * expected)) {
            throw new IllegalStateException(
                "training: the loss is %s, PyTorch's %s".formatted(loss, expected));
          }
          System.out.printf(
              "%s: a training step ran as %d programs on %s%n",
              deviceClass, library.size(), context.device().name());
        }
      }
    }
  }
}
