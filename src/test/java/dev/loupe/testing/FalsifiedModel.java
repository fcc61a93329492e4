package dev.loupe.testing;

import dev.loupe.weights.Dtype;
import dev.loupe.weights.ModelFiles;
import dev.loupe.weights.SelfCheck;
import dev.loupe.weights.Weights;
import java.nio.file.Path;

/** A model file whose self-check expects what no device computes. */
public final class FalsifiedModel {
  private FalsifiedModel() {}

  /** Writes the bundled model with another result into {@code folder}. */
  public static Path in(Path folder) {
    Weights good = ModelFiles.read("fsrcnn-x4");
    SelfCheck check = good.selfCheck().orElseThrow();
    int[] dims = check.input().dims();
    float[] output = check.output().data().clone();
    output[output.length / 2] += 0.1f;
    SelfCheck other =
        SelfCheck.of(
            dims[2], dims[3], good.metadata().scale(), check.input().data(), output, check.k());
    Path file = folder.resolve("falsified.safetensors");
    good.withSelfCheck(other).write(file, Dtype.F32);
    return file;
  }
}
