package dev.loupe.train;

import java.util.Map;

/**
 * What the log of a training run tells between two iterations.
 *
 * @param iteration iterations done, of all phases
 * @param phase name of the phase's variant
 * @param loss mean since the last row
 * @param rate learning rate of the last iteration
 * @param pixelsPerSecond low-resolution pixels trained on since the last row, saving and measuring
 *     left out
 * @param psnr validation PSNR on Y by variant in dB; empty where none was measured
 */
public record LogRow(
    long iteration,
    String phase,
    double loss,
    double rate,
    double pixelsPerSecond,
    Map<String, Double> psnr) {
  /** Copies the map. */
  public LogRow {
    psnr = Map.copyOf(psnr);
  }

  /** The same with what was measured. */
  public LogRow withPsnr(Map<String, Double> measured) {
    return new LogRow(iteration, phase, loss, rate, pixelsPerSecond, measured);
  }
}
