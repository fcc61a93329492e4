package dev.loupe.cli;

import dev.loupe.image.Image;
import dev.loupe.image.ImageWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;

/** A folder with made-up pictures, and {@code loupe upscale} on plain Java, which runs anywhere. */
abstract class UpscaleFixture {
  @TempDir Path folder;

  Path picture(String name, int width, int height, int channels, int depth) {
    Image image = Image.allocate(width, height, channels, depth);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        for (int c = 0; c < channels; c++) {
          image.set(
              x, y, c, (x * 31 + y * 17 + c * 57) * (depth == 16 ? 97 : 1) & image.maxValue());
        }
      }
    }
    Path file = folder.resolve(name);
    ImageWriter.write(image, file);
    return file;
  }

  CommandLineRun upscale(Object... arguments) {
    Object[] all = Arrays.copyOf(new Object[] {"upscale", "-d", "java"}, 3 + arguments.length);
    System.arraycopy(arguments, 0, all, 3, arguments.length);
    return CommandLineRun.of(all);
  }

  List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
