package dev.loupe.train;

import dev.loupe.image.ImageException;
import dev.loupe.image.ImageFormat;
import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;

/**
 * The pictures under some folders, in order of their paths, at each of the sizes they serve at,
 * read when they are first wanted. Those read longest ago are let go where memory is short. A file
 * that cannot be used is reported once and passed over. Thread-safe.
 */
final class TrainingPictures {
  private final List<Path> files;
  private final List<Double> sizes;
  private final CropShape shape;
  private final Consumer<String> warning;
  private final long memory;

  /** Each run by the thread that wants its picture first; a failed one stays. */
  private final List<FutureTask<TrainingPicture>> pictures;

  private final Deque<Kept> kept = new ArrayDeque<>();
  private int unusable;
  private long bytes;

  private record Kept(int index, long bytes) {}

  /**
   * Lists the pictures under {@code folders}.
   *
   * @param sizes see {@link CropChoice}
   * @param warning hears of files that cannot be used
   * @throws IllegalArgumentException if a folder cannot be read, or there is no picture
   */
  TrainingPictures(
      List<Path> folders, CropShape shape, List<Double> sizes, Consumer<String> warning) {
    this(folders, shape, sizes, warning, Runtime.getRuntime().maxMemory() / 2);
  }

  /** As above, with at most {@code memory} bytes of pictures kept, or the one read last. */
  TrainingPictures(
      List<Path> folders,
      CropShape shape,
      List<Double> sizes,
      Consumer<String> warning,
      long memory) {
    this.shape = shape;
    this.sizes = sizes;
    this.warning = warning;
    this.memory = memory;
    files = new ArrayList<>();
    for (Path folder : folders) {
      addPicturesUnder(folder);
    }
    if (files.isEmpty()) {
      throw new IllegalArgumentException(folders + ": there are no pictures to train on");
    }
    files.sort(null);
    pictures = new ArrayList<>(Collections.nCopies(files.size() * sizes.size(), null));
  }

  /** Links are followed: large sets of pictures often lie on another disk. */
  private void addPicturesUnder(Path folder) {
    try {
      Files.walkFileTree(
          folder, Set.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, new Collector(folder));
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "%s: is no folder that can be read (%s: %s); name folders of pictures"
              .formatted(folder, e.getClass().getSimpleName(), e.getMessage()),
          e);
    }
  }

  /** Takes every picture on the way; what cannot be entered further down is passed over. */
  private final class Collector extends SimpleFileVisitor<Path> {
    private final Path top;

    Collector(Path top) {
      this.top = top;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      if (ImageFormat.isReadable(file) && attributes.isRegularFile()) {
        files.add(file);
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path path, IOException e) throws IOException {
      if (path.equals(top)) {
        throw e;
      }
      String why =
          e instanceof FileSystemLoopException
              ? "is a link to a folder that it lies in"
              : "cannot be read (%s)".formatted(e.getClass().getSimpleName());
      warning.accept("left out: %s: %s".formatted(path, why));
      return FileVisitResult.CONTINUE;
    }
  }

  /** A hash of the names and sizes of all files, in their order: it tells which crops are drawn. */
  String fingerprint() {
    StringBuilder list = new StringBuilder();
    for (Path file : files) {
      list.append(file.getFileName()).append(' ').append(file.toFile().length()).append('\n');
    }
    return "%d files, %08x".formatted(files.size(), list.toString().hashCode());
  }

  /** Files listed, the broken ones among them. */
  int files() {
    return files.size();
  }

  /**
   * A picture at one of its sizes, each that can be used with the same chance.
   *
   * @throws IllegalArgumentException if none can
   */
  TrainingPicture draw(SplittableRandom random) {
    while (isAnyUsable()) {
      FutureTask<TrainingPicture> picture = picture(random.nextInt(pictures.size()));
      picture.run(); // does nothing where another thread runs or ran it
      try {
        return picture.get();
      } catch (ExecutionException e) {
        if (e.getCause() instanceof Error error) {
          throw error; // such as too little memory, which is not the picture's fault
        }
        if (!(e.getCause() instanceof ImageException
            || e.getCause() instanceof IllegalArgumentException)) {
          throw new IllegalStateException("a picture cannot be read: " + e.getCause(), e);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while it read pictures", e);
      }
    }
    throw new IllegalArgumentException(
        "none of the %d pictures can be trained on, such as %s"
            .formatted(files.size(), files.get(0)));
  }

  private synchronized boolean isAnyUsable() {
    return unusable < pictures.size();
  }

  private synchronized FutureTask<TrainingPicture> picture(int index) {
    if (pictures.get(index) == null) {
      pictures.set(index, new FutureTask<>(() -> read(index)));
    }
    return pictures.get(index);
  }

  private TrainingPicture read(int index) {
    try {
      double size = sizes.get(index / files.size());
      TrainingPicture picture = TrainingPicture.read(files.get(index % files.size()), shape, size);
      keep(index, picture.bytes());
      return picture;
    } catch (ImageException | IllegalArgumentException e) {
      synchronized (this) {
        unusable++;
      }
      // Once, and only where it serves at no size: what is too small is so at the largest, too.
      if (sizes.get(index / files.size()).equals(Collections.max(sizes))) {
        warning.accept("left out: " + e.getMessage());
      }
      throw e;
    }
  }

  private synchronized void keep(int index, long newBytes) {
    bytes += newBytes;
    kept.add(new Kept(index, newBytes));
    while (bytes > memory && kept.size() > 1) {
      Kept oldest = kept.remove();
      bytes -= oldest.bytes();
      pictures.set(oldest.index(), null);
    }
  }
}
