package dev.loupe.file;

import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;

/** The words for a failure to read or write a file, or to understand it. */
public final class IoReason {
  private IoReason() {}

  /** What {@code e} says, in one line; its class if it says nothing. */
  public static String of(Exception e) {
    if (isInterrupt(e)) {
      return "interrupted";
    }
    String text = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    return text.strip().replaceAll("\\s*\\R\\s*", " ");
  }

  /** Whether the thread was interrupted; the file is not to blame. */
  public static boolean isInterrupt(Exception e) {
    return e instanceof InterruptedIOException || e instanceof ClosedByInterruptException;
  }
}
