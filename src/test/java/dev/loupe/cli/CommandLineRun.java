package dev.loupe.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Map;

/** A run of the command line in this process, with what it printed. */
record CommandLineRun(int exitCode, String out, String err) {
  static CommandLineRun of(Object... arguments) {
    String[] texts = new String[arguments.length];
    for (int i = 0; i < texts.length; i++) {
      texts[i] = arguments[i].toString();
    }
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exitCode = Main.run(new PrintWriter(out), new PrintWriter(err), texts);
    return new CommandLineRun(exitCode, out.toString(), err.toString());
  }

  /** Expects success and nothing on stderr but, maybe, the word that plain Java is slow. */
  CommandLineRun succeeds() {
    assertEquals(Main.DONE, exitCode, () -> out + err);
    return this;
  }

  /** Expects bad usage: exit code 2, stdout empty, one line on stderr with all of {@code parts}. */
  CommandLineRun isRefused(Object... parts) {
    assertEquals(Main.BAD_USAGE, exitCode, () -> out + err);
    assertEquals("", out);
    String told = err.replaceFirst("loupe: plain Java is slow[^\n]*\n", "");
    assertEquals(1, told.lines().count(), err);
    for (Object part : parts) {
      assertTrue(told.contains(part.toString()), () -> "no '" + part + "' in: " + told);
    }
    return this;
  }

  /** The one JSON object on stdout. */
  Map<String, Object> json() {
    try {
      return JSON.std.with(JSON.Feature.FAIL_ON_DUPLICATE_MAP_KEYS).mapFrom(out);
    } catch (IOException e) {
      throw new UncheckedIOException("not one JSON object: " + out, e);
    }
  }
}
