package dev.loupe.train;

import java.util.Map;

/**
 * What a training run tells between two iterations.
 *
 * @param iteration iterations done, of all phases
 * @param phase name of the phase's variant
 * @param loss mean since the last report
 * @param rate learning rate of the last iteration
 * @param pixelsPerSecond low-resolution pixels trained on since the last report
 * @param psnr validation PSNR on Y by variant in dB; empty where none was measured
 */
public record Report(
    long iteration,
    String phase,
    double loss,
    double rate,
    double pixelsPerSecond,
    Map<String, Double> psnr) {
  /** Copies the map. */
  public Report {
    psnr = Map.copyOf(psnr);
  }
}
