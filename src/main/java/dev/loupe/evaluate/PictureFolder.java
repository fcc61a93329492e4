package dev.loupe.evaluate;

import dev.loupe.image.ImageFormat;
import dev.loupe.image.ImageReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A folder of pictures to evaluate on: pairs named {@code *_HR.*} and {@code *_LR.*}, or true
 * pictures alone, whose small ones are then made by bicubic shrinking. Folders inside are not
 * looked at.
 */
public final class PictureFolder {
  private static final Pattern ROLE = Pattern.compile("(.+)_(hr|lr)", Pattern.CASE_INSENSITIVE);

  private final List<Entry> entries;

  /**
   * One picture of the folder, not yet read.
   *
   * @param name the file's name without HR and extension, or with both where others would have the
   *     same
   * @param highRes the true picture
   * @param lowRes the small one, where there is a file of it
   */
  public record Entry(String name, Path highRes, Optional<Path> lowRes) {
    private Entry withFileName() {
      return new Entry(highRes.getFileName().toString(), highRes, lowRes);
    }

    /**
     * Reads the pair.
     *
     * @param p side of a patch, which a picture alone is cut to
     * @throws dev.loupe.image.ImageException if a file is no picture
     * @throws IllegalArgumentException if the sizes do not fit
     */
    public PicturePair read(int scale, int p) {
      return lowRes.isPresent()
          ? PicturePair.of(name, ImageReader.read(lowRes.get()), ImageReader.read(highRes), scale)
          : PicturePair.ofHighRes(name, ImageReader.read(highRes), scale, p);
    }
  }

  private PictureFolder(List<Entry> entries) {
    this.entries = List.copyOf(entries);
  }

  /**
   * Lists a folder.
   *
   * @throws IllegalArgumentException if it is none, or has no picture to evaluate on
   */
  public static PictureFolder of(Path folder) {
    List<Path> files;
    try (Stream<Path> all = Files.list(folder)) {
      files = all.filter(ImageFormat::isReadable).filter(Files::isRegularFile).sorted().toList();
    } catch (IOException e) {
      throw new IllegalArgumentException(
          folder + ": is no folder that can be read; name a folder of pictures", e);
    }
    List<Entry> entries = new ArrayList<>();
    for (Path file : files) {
      entry(file, files).ifPresent(entries::add);
    }
    if (entries.isEmpty()) {
      throw new IllegalArgumentException(
          folder + ": has no pictures; it takes pairs *_HR.png, *_LR.png, or HR pictures alone");
    }
    return new PictureFolder(apart(entries));
  }

  /** Pictures a.bmp and a.gif would both be called a. */
  private static List<Entry> apart(List<Entry> entries) {
    Map<String, Long> called =
        entries.stream().collect(Collectors.groupingBy(Entry::name, Collectors.counting()));
    return entries.stream()
        .map(entry -> called.get(entry.name()) == 1 ? entry : entry.withFileName())
        .toList();
  }

  private static Optional<Entry> entry(Path file, List<Path> files) {
    String stem = ImageFormat.stem(file);
    Matcher role = ROLE.matcher(stem);
    if (!role.matches()) {
      return Optional.of(new Entry(stem, file, Optional.empty()));
    }
    boolean isLowRes = role.group(2).equalsIgnoreCase("LR");
    String partner = stem.substring(0, role.start(2)) + (isLowRes ? "HR" : "LR");
    Optional<Path> other =
        files.stream().filter(f -> partner.equalsIgnoreCase(ImageFormat.stem(f))).findFirst();
    if (!isLowRes) {
      return Optional.of(new Entry(role.group(1), file, other));
    }
    // The pair is listed with its large picture; a small one alone says nothing.
    return Optional.empty();
  }

  /** The files of its pictures, small ones too. */
  public List<Path> files() {
    return entries.stream()
        .flatMap(entry -> Stream.concat(Stream.of(entry.highRes()), entry.lowRes().stream()))
        .toList();
  }

  /** Its pictures, by file name. */
  public List<Entry> entries() {
    return entries;
  }
}
