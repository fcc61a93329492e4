package dev.loupe.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The size of a low-resolution frame in pixels, written {@code 480x270}.
 *
 * @param width at least 1
 * @param height at least 1
 */
record FrameSize(int width, int height) {
  private static final Pattern FORM = Pattern.compile("([1-9]\\d*)x([1-9]\\d*)");
  private static final int DIGITS = 5;

  /**
   * Reads {@code WIDTHxHEIGHT}.
   *
   * @throws IllegalArgumentException naming the text and the form
   */
  static FrameSize parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new IllegalArgumentException(
          "size '%s' is not WIDTHxHEIGHT such as 480x270".formatted(text));
    }
    if (form.group(1).length() > DIGITS || form.group(2).length() > DIGITS) {
      throw new IllegalArgumentException(
          "size '%s' is too large; at most 99999 pixels a side are taken".formatted(text));
    }
    return new FrameSize(Integer.parseInt(form.group(1)), Integer.parseInt(form.group(2)));
  }

  @Override
  public String toString() {
    return width + "x" + height;
  }
}
