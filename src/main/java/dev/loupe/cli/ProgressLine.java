package dev.loupe.cli;

import dev.loupe.guided.Progress;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A progress bar with the time left, on stderr, over all pictures of a run. */
final class ProgressLine implements Progress, AutoCloseable {
  /** Set by the launcher, as Java cannot tell whether stderr is a terminal. */
  private static final String TERMINAL_PROPERTY = "loupe.terminal";

  private static final int STEPS = 1000;

  private final int pictures;
  private ProgressBar bar;
  private int picture;

  /** A bar over {@code pictures}; it draws nothing before the first is begun. */
  ProgressLine(int pictures) {
    this.pictures = pictures;
  }

  private ProgressBar drawn() {
    return new ProgressBarBuilder()
        .setInitialMax((long) pictures * STEPS)
        .setStyle(ProgressBarStyle.ASCII)
        .setUpdateIntervalMillis(100)
        .setUnit("%", STEPS * (long) pictures / 100)
        .clearDisplayOnFinish()
        .setConsumer(new ConsoleProgressBarConsumer(System.err))
        .build();
  }

  static boolean isTerminal() {
    return Boolean.getBoolean(TERMINAL_PROPERTY);
  }

  /** Names the picture that is next, counted from 0. */
  void begin(int index, String name) {
    if (bar == null) {
      bar = drawn();
    }
    picture = index;
    bar.setExtraMessage(name.replaceAll("\\p{Cc}", "?"));
    bar.stepTo((long) picture * STEPS);
  }

  @Override
  public void at(double done) {
    bar.stepTo((long) ((picture + done) * STEPS));
  }

  /** Draws over the line: the bar moves only as pictures do. */
  @Override
  public void compiling(int done, int all) {
    String line = done == all ? "" : "compiling kernels, once: %d of %d".formatted(done, all);
    System.err.printf("\r%s\033[K\r", line);
    System.err.flush();
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
