package dev.loupe.weights;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

/**
 * The finder of models: bundled ones by name, others by path.
 *
 * <p>Bundled models are the class path resources {@code /weights/NAME.safetensors}; {@code
 * /weights/index.json} lists their names, as a class path cannot be listed.
 */
public final class ModelFiles {
  private static final String INDEX = "/weights/index.json";

  private ModelFiles() {}

  /** Names of the bundled models, in the order of the index. */
  public static List<String> bundled() {
    try (InputStream stream = open(INDEX)) {
      return List.copyOf(JSON.std.listOfFrom(String.class, stream));
    } catch (IOException e) {
      throw new WeightsException(
          "resource %s cannot be read: %s".formatted(INDEX, e.getMessage()), e);
    }
  }

  /**
   * Reads a model.
   *
   * @param model a bundled name such as {@code fsrcnn-x4}, or the path of a {@code .safetensors}
   *     file
   * @throws WeightsException if there is no such model, or it is not valid
   */
  public static Weights read(String model) {
    if (!bundled().contains(model)) {
      return Weights.read(path(model));
    }
    String resource = "/weights/" + model + ".safetensors";
    try (InputStream stream = open(resource)) {
      return Weights.read(stream, resource);
    } catch (IOException e) {
      throw new WeightsException("%s: cannot be read: %s".formatted(resource, e), e);
    }
  }

  private static InputStream open(String resource) {
    InputStream stream = ModelFiles.class.getResourceAsStream(resource);
    if (stream == null) {
      throw new WeightsException("the class path has no resource %s".formatted(resource));
    }
    return stream;
  }

  /** A model that looks like a path is one; a bare word is a name, and then an unknown one. */
  private static Path path(String model) {
    boolean looksLikePath =
        model.endsWith(".safetensors") || model.contains("/") || model.contains("\\");
    if (!looksLikePath) {
      throw new WeightsException(
          "unknown model '%s': give one of %s, or the path of a .safetensors file"
              .formatted(model, String.join(", ", bundled())));
    }
    try {
      return Path.of(model);
    } catch (InvalidPathException e) {
      throw new WeightsException("model path '%s' is not valid here".formatted(model), e);
    }
  }
}
