package dev.loupe.cli;

import dev.loupe.file.RealPath;
import dev.loupe.image.ImageFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A picture to read and the file to write it to.
 *
 * @param input as the user named it, or found in a folder
 * @param output never one of the inputs
 */
record PictureJob(Path input, Path output) {
  /**
   * Pairs every input with its output; no file is touched.
   *
   * @param inputs files, and folders whose pictures are taken (not those of folders in them)
   * @param output a file for one picture; else a directory, in which names keep their stem
   * @param format extension of the files in a directory, or null to keep the input's
   * @throws IllegalArgumentException if they do not fit each other
   */
  static List<PictureJob> plan(List<Path> inputs, String output, String format) {
    List<Path> pictures = new ArrayList<>();
    for (Path input : inputs) {
      if (Files.isDirectory(input)) {
        pictures.addAll(picturesOf(input));
      } else {
        pictures.add(input);
      }
    }
    Path target = Path.of(output);
    boolean isFolder =
        Files.isDirectory(target)
            || output.endsWith("/")
            || output.endsWith("\\")
            || (format != null && isNewWithoutEnding(target));
    boolean several = inputs.size() > 1 || Files.isDirectory(inputs.get(0));
    if (several
        && !isFolder
        && (Files.exists(target) || ImageFormat.isWritable(ImageFormat.extension(target)))) {
      throw new IllegalArgumentException(
          "-o %s: several pictures need a directory, not a file".formatted(output));
    }
    if (format != null && !several && !isFolder) {
      throw new IllegalArgumentException(
          "-f %s: is for the files in a directory; the ending of -o %s says its format, leave out -f"
              .formatted(format, output));
    }
    List<PictureJob> jobs =
        several || isFolder
            ? into(target, pictures, format)
            : List.of(new PictureJob(pictures.get(0), target));
    requireDistinct(jobs);
    return jobs;
  }

  private static boolean isNewWithoutEnding(Path target) {
    return !Files.exists(target) && ImageFormat.extension(target).isEmpty();
  }

  /**
   * Pictures a.bmp and a.gif would both be a.png: they become a.bmp.png and a.gif.png; so do A.bmp
   * and a.gif, as there are file systems where A.png is a.png.
   */
  private static List<PictureJob> into(Path folder, List<Path> pictures, String format) {
    Map<String, Long> wanted =
        pictures.stream()
            .collect(Collectors.groupingBy(p -> key(name(p, format)), Collectors.counting()));
    List<PictureJob> jobs = new ArrayList<>();
    for (Path picture : pictures) {
      String name = name(picture, format);
      String own = ImageFormat.name(picture);
      if (wanted.get(key(name)) > 1 && !own.equals(name)) {
        name = own + "." + ImageFormat.extension(Path.of(name));
      }
      jobs.add(new PictureJob(picture, folder.resolve(name)));
    }
    return jobs;
  }

  private static String key(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  /**
   * What {@link #plan} passes over in a folder, hidden files aside, in one line if there is any.
   */
  static Optional<String> leftOut(Path folder) {
    List<Path> rest =
        list(folder).stream().filter(file -> !isHidden(file) && !isPicture(file)).toList();
    long folders = rest.stream().filter(Files::isDirectory).count();
    long files = rest.size() - folders;
    List<String> parts = new ArrayList<>();
    if (files > 0) {
      parts.add(files == 1 ? "1 file of another type" : files + " files of other types");
    }
    if (folders > 0) {
      parts.add(folders == 1 ? "1 folder" : folders + " folders");
    }
    return parts.isEmpty()
        ? Optional.empty()
        : Optional.of("left out of %s: %s".formatted(folder, String.join(", ", parts)));
  }

  private static List<Path> picturesOf(Path folder) {
    List<Path> pictures = list(folder).stream().filter(PictureJob::isPicture).toList();
    if (pictures.isEmpty()) {
      throw new IllegalArgumentException(folder + ": no pictures in this folder; name another");
    }
    return pictures;
  }

  private static List<Path> list(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw new IllegalArgumentException(
          folder + ": the folder cannot be read; check its access rights", e);
    }
  }

  private static boolean isPicture(Path file) {
    // A link that leads nowhere is told of as a picture that cannot be read.
    return ImageFormat.isReadable(file) && (Files.isRegularFile(file) || !Files.exists(file));
  }

  private static boolean isHidden(Path file) {
    return ImageFormat.name(file).startsWith(".");
  }

  /** The input's name, with the wanted extension, its own, or png where that cannot be written. */
  private static String name(Path picture, String format) {
    String own = ImageFormat.extension(picture);
    if (format == null && ImageFormat.isWritable(own)) {
      return ImageFormat.name(picture);
    }
    return ImageFormat.stem(picture) + "." + (format == null ? "png" : format);
  }

  /** No two outputs may be one file, and none may be an input. */
  private static void requireDistinct(List<PictureJob> jobs) {
    Map<Path, Path> inputs = new HashMap<>();
    jobs.forEach(job -> inputs.put(RealPath.of(job.input()), job.input()));
    Map<Path, Path> taken = new HashMap<>();
    for (PictureJob job : jobs) {
      Path output = RealPath.of(job.output());
      if (inputs.containsKey(output)) {
        throw new IllegalArgumentException(
            "-o %s: would overwrite the input %s; choose another place"
                .formatted(job.output(), inputs.get(output)));
      }
      Path other = taken.put(output, job.input());
      if (other != null) {
        throw new IllegalArgumentException(
            "-o %s: both %s and %s would be written there; run them into different directories"
                .formatted(job.output(), other, job.input()));
      }
    }
  }
}
