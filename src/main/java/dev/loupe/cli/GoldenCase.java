package dev.loupe.cli;

import dev.loupe.Engine;
import dev.loupe.Model;
import dev.loupe.graph.Value;
import dev.loupe.guided.FrameGraph;
import dev.loupe.guided.FrameRunner;
import dev.loupe.guided.FrameSpec;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.RelativeError;
import dev.loupe.tensor.Shape;
import dev.loupe.weights.SafeTensors;
import dev.loupe.weights.Variant;
import dev.loupe.weights.WeightsException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A file of weights, an input and the results that another implementation got from them. */
final class GoldenCase {
  private final Path path;
  private final SafeTensors file;
  private final Model model;
  private final FloatTensor input;

  private GoldenCase(Path path, SafeTensors file) {
    this.path = path;
    this.file = file;
    model = Model.ofCase(file);
    input = file.tensor("in").tensor();
    Shape shape = input.shape();
    if (shape.n() != 1 || shape.c() != 3) {
      throw new WeightsException(
          "%s: in has the shape %s; it must be (1, 3, H, W)".formatted(path, shape));
    }
  }

  /**
   * Reads a case.
   *
   * @throws WeightsException if it is no case, or its weights are damaged
   */
  static GoldenCase read(Path path) {
    GoldenCase golden = new GoldenCase(path, SafeTensors.read(path));
    if (golden.variants().isEmpty()) {
      throw new WeightsException(path + ": has no out.base, out.full, out.all or out.mask");
    }
    return golden;
  }

  String name() {
    return path.toString();
  }

  /** The variants whose results are in the file. */
  List<Variant> variants() {
    return Arrays.stream(Variant.values()).filter(v -> file.contains("out." + v)).toList();
  }

  /**
   * How far a run is from the file.
   *
   * @param errors by tensor: largest difference over the range of the expected values
   * @param hasSelection whether patches were to be chosen
   * @param sameSelection whether the chosen patches are the expected ones
   */
  record Agreement(Map<String, Double> errors, boolean hasSelection, boolean sameSelection) {
    boolean within(double tolerance) {
      return (!hasSelection || sameSelection)
          && errors.values().stream().allMatch(error -> error <= tolerance);
    }
  }

  /** Runs one variant. */
  Agreement run(Engine engine, Variant variant) {
    model.requireVariant(variant);
    FrameSpec spec =
        FrameSpec.floats(input.shape().w(), input.shape().h(), variant, model.publishedPatches())
            .withFeature(true);
    Map<String, Double> errors = new LinkedHashMap<>();
    try (FrameRunner runner = model.prepare(engine, spec)) {
      FrameGraph frame = runner.frame();
      int size = Math.toIntExact(frame.output().type().shape().elements());
      FloatBuffer output = FloatBuffer.allocate(size);
      runner.run(FloatBuffer.wrap(input.data()), output);
      compare("feature", frame.feature().orElseThrow(), feature(runner), errors);
      runner.mask().ifPresent(mask -> compare("mask", frame.mask().orElseThrow(), mask, errors));
      compare("out." + variant, frame.output(), output.array(), errors);
      boolean selects = variant == Variant.MASK && file.integerNames().contains("selected");
      return new Agreement(errors, selects, selects && isExpected(runner.selected()));
    }
  }

  private float[] feature(FrameRunner runner) {
    return runner
        .feature()
        .orElseThrow(() -> new IllegalStateException(path + ": a frame in tiles keeps no feature"));
  }

  private boolean isExpected(int[] selected) {
    long[] expected = file.integers("selected");
    return Arrays.equals(expected, Arrays.stream(selected).asLongStream().toArray());
  }

  private void compare(String tensor, Value made, float[] actual, Map<String, Double> errors) {
    if (!file.contains(tensor)) {
      return;
    }
    FloatTensor expected = file.tensor(tensor).tensor();
    Shape shape = made.type().shape();
    if (!expected.shape().equals(shape)) {
      throw new WeightsException(
          "%s: %s has the shape %s, the network makes %s"
              .formatted(path, tensor, expected.shape(), shape));
    }
    errors.put(tensor, RelativeError.of(expected.data(), actual));
  }

  /** The result of one variant as JSON; an infinite error is null there. */
  Map<String, Object> json(Variant variant, Agreement found, boolean passed) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("case", path.toString());
    json.put("variant", variant.toString());
    json.put("passed", passed);
    found.errors().forEach((tensor, e) -> json.put(tensor, Main.finite(e)));
    if (found.hasSelection()) {
      json.put("same_patches", found.sameSelection());
    }
    return json;
  }
}
