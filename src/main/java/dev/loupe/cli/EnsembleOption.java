package dev.loupe.cli;

import picocli.CommandLine.Option;

/** The option that makes each picture in its eight symmetries. */
final class EnsembleOption {
  @Option(
      names = {"--self-ensemble", "--tta"},
      description =
          "Make each picture turned and mirrored in all eight ways and take the mean: sharper, in"
              + " eight times the computing.")
  boolean selfEnsemble;
}
