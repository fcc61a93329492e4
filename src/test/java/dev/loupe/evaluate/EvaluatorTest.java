package dev.loupe.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.loupe.Engine;
import dev.loupe.Model;
import dev.loupe.guided.PatchCount;
import dev.loupe.guided.Progress;
import dev.loupe.op.Precision;
import dev.loupe.opencl.ClUnavailableException;
import dev.loupe.weights.Variant;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The bundled model's scores, as its trainer measured them in PyTorch. */
@Tag("device")
class EvaluatorTest {
  private static final Path SET5 = Path.of("../shared/data/eval/Set5/x4");

  private static Engine engine() {
    try {
      return Engine.open(null, null);
    } catch (ClUnavailableException e) {
      return Assumptions.abort("no OpenCL device: " + e.getMessage());
    }
  }

  private static MeanScore score(Variant variant, PatchCount k) {
    return score(variant, k, false);
  }

  private static MeanScore score(Variant variant, PatchCount k, boolean ensemble) {
    assumeTrue(Files.isDirectory(SET5), SET5 + " is not there");
    Model model = Model.load("fsrcnn-x4");
    List<ImageScore> scores = new ArrayList<>();
    try (Engine engine = engine();
        Evaluator evaluator = new Evaluator(model, engine, Precision.FP32, ensemble)) {
      for (PictureFolder.Entry entry : PictureFolder.of(SET5).entries()) {
        PicturePair pair = entry.read(4, 4);
        scores.add(evaluator.score(pair, variant, k, Progress.NONE));
      }
    }
    return MeanScore.of(scores);
  }

  @Test
  void set5ScoresAsInTraining() {
    MeanScore base = score(Variant.BASE, PatchCount.NONE);
    assertEquals(30.5912, base.quality().psnrY(), 0.001);
    assertEquals(28.43, base.bicubic().psnrY(), 0.01);
    assertEquals(0, base.refinedShare());
    MeanScore all = score(Variant.ALL, PatchCount.ALL);
    assertEquals(30.7250, all.quality().psnrY(), 0.001);
    assertEquals(1, all.refinedShare());
    MeanScore third = score(Variant.MASK, PatchCount.parse("33%"));
    assertEquals(30.6813, third.quality().psnrY(), 0.001);
    assertEquals(0.33, third.refinedShare(), 0.001);
  }

  @Test
  void selfEnsembleIsSharper() {
    MeanScore single = score(Variant.BASE, PatchCount.NONE);
    MeanScore ensemble = score(Variant.BASE, PatchCount.NONE, true);
    assertTrue(ensemble.quality().psnrY() > single.quality().psnrY() + 0.1);
    assertEquals(8 * single.gigaflops().paper(), ensemble.gigaflops().paper(), 1e-9);
  }
}
