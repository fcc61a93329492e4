package dev.loupe.train;

import dev.loupe.Engine;
import dev.loupe.Model;
import dev.loupe.evaluate.Evaluator;
import dev.loupe.evaluate.PictureFolder;
import dev.loupe.evaluate.PicturePair;
import dev.loupe.guided.PatchCount;
import dev.loupe.image.Image;
import dev.loupe.weights.Variant;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The measuring of a model in training on a folder of pictures, which are kept in memory. */
public final class Validation {
  private final List<PicturePair> pictures = new ArrayList<>();

  /**
   * Reads the pictures.
   *
   * @param p side of a patch
   * @throws IllegalArgumentException if there are none, or one does not fit
   */
  public Validation(Path folder, int scale, int p) {
    for (PictureFolder.Entry entry : PictureFolder.of(folder).entries()) {
      pictures.add(requireComparable(entry.read(scale, p), scale));
    }
  }

  /** PSNR leaves out a border as wide as the scale. */
  private static PicturePair requireComparable(PicturePair pair, int scale) {
    Image truth = pair.highRes();
    if (Math.min(truth.width(), truth.height()) <= 2 * scale) {
      throw new IllegalArgumentException(
          "%s: nothing of %dx%d is left to compare without a border of %d; take it out"
              .formatted(pair.name(), truth.width(), truth.height(), scale));
    }
    return pair;
  }

  /** The mean PSNR on Y in dB of every variant that the model has, by its name. */
  public Map<String, Double> psnr(Model model, Engine engine) {
    Map<String, Double> psnr = new TreeMap<>();
    PatchCount k = model.publishedPatches();
    try (Evaluator evaluator = new Evaluator(model, engine)) {
      for (Variant variant : model.variants()) {
        double sum = 0;
        for (PicturePair pair : pictures) {
          sum += evaluator.psnrY(pair, variant, k);
        }
        psnr.put(variant.toString(), sum / pictures.size());
      }
    }
    return psnr;
  }
}
