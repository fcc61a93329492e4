package dev.loupe.train;

import dev.loupe.Engine;
import dev.loupe.Model;
import dev.loupe.guided.GuidedScheme;
import dev.loupe.kernel.KernelLibrary;
import dev.loupe.network.Network;
import dev.loupe.network.Networks;
import dev.loupe.network.WeightSource;
import dev.loupe.opencl.CommandQueue;
import dev.loupe.train.TrainedParameters.State;
import dev.loupe.weights.ModelFiles;
import dev.loupe.weights.ModelMetadata;
import dev.loupe.weights.NamedTensor;
import dev.loupe.weights.Weights;
import dev.loupe.weights.WeightsException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * A training run: the phases of a recipe on one device, from the beginning or a checkpoint. It owns
 * the parameters and the loader; the engine stays the caller's. Not thread-safe.
 */
public final class Trainer implements AutoCloseable {
  private final Recipe recipe;
  private final Engine engine;
  private final KernelLibrary library;
  private final CommandQueue queue;
  private final Network network;
  private final TrainedParameters parameters;
  private final TrainingPictures pictures;
  private final CropSampler sampler;
  private final Set<String> taken;
  private final Consumer<String> warning;
  private long memory;
  private int phase;
  private int iteration;
  private double secondsBefore;
  private long started;

  /**
   * A run that has not begun.
   *
   * @param data folders of pictures
   * @param warning hears of files that cannot be used
   */
  public Trainer(Recipe recipe, Engine engine, List<Path> data, Consumer<String> warning) {
    this.recipe = recipe;
    this.engine = engine;
    this.warning = warning;
    library = engine.library();
    queue = engine.queue();
    memory = library.context().device().memory().global() / 2;
    network = Networks.of(recipe.model());
    pictures = new TrainingPictures(data, recipe.crops(), recipe.choice().sizes(), warning);
    sampler =
        new CropSampler(
            pictures,
            recipe.crops(),
            recipe.seed(),
            recipe.choice().candidates(),
            iteration -> recipe.phaseAt(iteration).colouring());
    FirstWeights first = FirstWeights.of(network, recipe.prediction(), recipe.seed());
    taken = recipe.start().map(model -> take(model, first)).orElse(Set.of());
    requirePhases(List.copyOf(first.tensors()));
    parameters = new TrainedParameters(library.context(), queue, first.tensors());
    try {
      parameters.write(State.WEIGHTS, first.tensors());
      beginPhase();
    } catch (RuntimeException | Error e) {
      parameters.close();
      throw e;
    }
    started = System.nanoTime();
  }

  /** Builds every phase's graph, so that what the last one lacks is said before the first. */
  private void requirePhases(List<NamedTensor> tensors) {
    requireBase();
    Weights weights = Weights.of("first weights", recipe.model(), tensors);
    for (Phase each : recipe.phases()) {
      try {
        each.requireParts(tensors);
        each.copies().apply(tensors);
        TrainingGraph.of(scheme(weights), each, recipe.crops(), false);
      } catch (IllegalArgumentException e) {
        int number = 1 + recipe.phases().indexOf(each);
        throw new IllegalArgumentException(
            "phase %d, of crops of %d: %s".formatted(number, recipe.crops().side(), e.getMessage()),
            e);
      }
    }
  }

  /** Of a model without Base-Net nothing can be measured. */
  private void requireBase() {
    List<String> first = recipe.phases().get(0).parts();
    if (Stream.concat(taken.stream(), first.stream())
        .map(Trainer::part)
        .noneMatch("base"::equals)) {
      throw new IllegalArgumentException(
          "phase 1 trains %s, but base is neither trained nor taken from a 'start'; name one"
              .formatted(String.join(", ", first)));
    }
  }

  private Set<String> take(String name, FirstWeights first) {
    Weights model = ModelFiles.read(name);
    ModelMetadata from = model.metadata();
    ModelMetadata to = recipe.model();
    if (!from.network().equals(to.network()) || from.valueRange() != to.valueRange()) {
      throw new IllegalArgumentException(
          "start %s is a model of %s with white at %d; to train %s with white at %d, name another"
              .formatted(name, from.network(), from.valueRange(), to.network(), to.valueRange()));
    }
    Set<String> names = first.take(model.tensors(), from.scale(), to.scale());
    if (names.isEmpty()) {
      throw new IllegalArgumentException(
          "start %s has no tensor that fits; its block counts may differ".formatted(name));
    }
    return names;
  }

  /**
   * Sets the bytes of activations and gradients beyond which a phase computes part of them twice
   * (see {@link Recomputation}) to stay small; half of the device's memory if it is not called.
   */
  public void limitMemory(long bytes) {
    memory = bytes;
  }

  /** Picture files found, those that cannot be used among them. */
  public int pictureFiles() {
    return pictures.files();
  }

  /** What was taken over from the recipe's start, in words; empty if it names none. */
  public Optional<String> taken() {
    return recipe
        .start()
        .map(
            name ->
                "took %d of %d tensors from %s"
                    .formatted(taken.size(), parameters.count(), Path.of(name).getFileName()));
  }

  /** Starts from the weights as they are, with nothing remembered of the phase before. */
  private void beginPhase() {
    PartCopies copies = phase().copies();
    parameters.write(State.WEIGHTS, copies.apply(parameters.read(State.WEIGHTS)));
    parameters.clear(State.FIRST);
    parameters.clear(State.SECOND);
    parameters.copy(State.WEIGHTS, State.AVERAGE);
  }

  /**
   * Goes on from a checkpoint.
   *
   * @throws IllegalArgumentException if it is of another recipe
   * @throws WeightsException if it names a phase or an iteration that the recipe has not
   */
  public void resume(Path file) {
    Checkpoint checkpoint = Checkpoint.read(file);
    if (!checkpoint.recipe().equals(recipe.text())) {
      throw new IllegalArgumentException(
          file + ": is the checkpoint of another recipe; train to another folder");
    }
    if (!checkpoint.pictures().equals(pictures.fingerprint())) {
      warning.accept(
          file
              + ": the pictures are others than before, so that this goes on, but not as a run"
              + " that was never stopped");
    }
    requirePlace(file, checkpoint);
    checkpoint.tensors().forEach(parameters::write);
    phase = checkpoint.phase();
    iteration = checkpoint.iteration();
    secondsBefore = checkpoint.seconds();
    started = System.nanoTime();
  }

  private void requirePlace(Path file, Checkpoint checkpoint) {
    int at = checkpoint.phase();
    int phases = recipe.phases().size();
    boolean isPhase = at >= 0 && at <= phases;
    int most = isPhase && at < phases ? recipe.phases().get(at).iterations() : 0;
    if (!isPhase || checkpoint.iteration() < 0 || checkpoint.iteration() > most) {
      throw new WeightsException(
          "%s: damaged: iteration %d of phase %d is none of its recipe's; start the run anew"
              .formatted(file, checkpoint.iteration(), at));
    }
  }

  /** Saves the state between two iterations; see {@link #resume}. */
  public void save(Path file) {
    Map<State, List<NamedTensor>> tensors = new EnumMap<>(State.class);
    for (State state : State.values()) {
      tensors.put(state, parameters.read(state));
    }
    Checkpoint checkpoint =
        new Checkpoint(recipe.text(), pictures.fingerprint(), phase, iteration, seconds(), tensors);
    if (!checkpoint.isFinite()) {
      throw diverged("a weight is not finite");
    }
    requirePicture();
    checkpoint.write(file);
  }

  /** Weights may be finite, and so large that no picture is. */
  private void requirePicture() {
    try {
      model().requireFinite();
    } catch (WeightsException e) {
      throw diverged("the weights give no picture");
    }
  }

  private DivergedException diverged(String what) {
    return new DivergedException(
        "training diverged: %s at iteration %d; lower the learning rate"
            .formatted(what, iterationsDone()));
  }

  /** Hears of the loss of every iteration; true goes on, false stops after it. */
  public interface Listener {
    /** One iteration is done: its number from 1, its loss and learning rate. */
    boolean done(long iteration, double loss, double rate);
  }

  /**
   * Trains until the recipe's end or until the listener wants no more.
   *
   * @return whether the recipe is done
   * @throws DivergedException if a loss is not finite
   */
  public boolean run(Listener listener) {
    boolean wanted = true;
    try (BatchLoader loader = new BatchLoader(sampler, iterationsDone())) {
      while (wanted && phase < recipe.phases().size()) {
        wanted = runPhase(loader, listener);
      }
    }
    return phase == recipe.phases().size();
  }

  private boolean runPhase(BatchLoader loader, Listener listener) {
    Phase now = recipe.phases().get(phase);
    boolean wanted = true;
    try (Iteration step = new Iteration(training(now), library, queue, parameters)) {
      while (wanted && iteration < now.iterations()) {
        Batch batch = loader.next();
        double loss = step.forwardBackward(batch);
        loader.release(batch);
        if (!Double.isFinite(loss)) {
          throw diverged("the loss is " + loss);
        }
        double rate = now.rate().at(iteration, now.iterations());
        iteration++;
        step.step(iteration, rate, decay(iteration));
        wanted = listener.done(iterationsDone(), loss, rate);
      }
      queue.finish();
    }
    if (iteration == now.iterations()) {
      parameters.copy(State.AVERAGE, State.WEIGHTS);
      phase++;
      iteration = 0;
      if (phase < recipe.phases().size()) {
        beginPhase();
      }
    }
    return wanted;
  }

  /** The phase's graph, which recomputes where keeping everything would take too much memory. */
  private TrainingGraph training(Phase now) {
    List<NamedTensor> tensors = parameters.read(State.WEIGHTS);
    GuidedScheme scheme = scheme(Weights.of("the weights in training", recipe.model(), tensors));
    TrainingGraph keeping = TrainingGraph.of(scheme, now, recipe.crops(), false);
    return Iteration.plan(keeping, library).bytes() <= memory
        ? keeping
        : TrainingGraph.of(scheme, now, recipe.crops(), true);
  }

  private GuidedScheme scheme(Weights weights) {
    return new GuidedScheme(
        network,
        WeightSource.of(weights),
        recipe.model().p(),
        recipe.model().valueRange(),
        recipe.crops().batch(),
        recipe.prediction());
  }

  /** The average begins with the newest weights, or the first ones would stay in it for long. */
  private double decay(int t) {
    return Math.min(recipe.decay(), (1.0 + t) / (10.0 + t));
  }

  /** Iterations done in all phases. */
  public long iterationsDone() {
    return recipe.phases().subList(0, phase).stream().mapToLong(Phase::iterations).sum()
        + iteration;
  }

  /** The phase that runs, or ran last. */
  public Phase phase() {
    return recipe.phases().get(Math.min(phase, recipe.phases().size() - 1));
  }

  /** Seconds spent on this run, those before its checkpoint too. */
  public double seconds() {
    return secondsBefore + (System.nanoTime() - started) / 1e9;
  }

  /** The model of the running average of the weights, of the parts that have learnt so far. */
  public Model model() {
    return model(Map.of());
  }

  /**
   * As {@link #model()}, saying in its metadata how it was trained.
   *
   * @param psnr validation PSNR in dB by variant
   */
  public Model model(Map<String, Double> psnr) {
    Set<String> parts = new TreeSet<>();
    taken.forEach(name -> parts.add(part(name)));
    int begun = iteration > 0 || phase == 0 ? phase + 1 : phase;
    recipe.phases().subList(0, begun).stream()
        .forEach(p -> p.parts().forEach(name -> parts.add(part(name))));
    List<NamedTensor> tensors =
        parameters.read(State.AVERAGE).stream()
            .filter(t -> parts.contains(part(t.name())))
            .toList();
    ModelMetadata metadata = recipe.model().withNote("training", description());
    if (!psnr.isEmpty()) {
      StringBuilder measured = new StringBuilder("PSNR on Y in dB:");
      new TreeMap<>(psnr)
          .forEach(
              (variant, db) ->
                  measured.append(String.format(Locale.ROOT, " %s %.3f", variant, db)));
      metadata = metadata.withNote("validation", measured.toString());
    }
    return Model.of("in training", Weights.of("the weights in training", metadata, tensors));
  }

  /** The part that a tensor, or a piece of a part, belongs to: what stands before its dots. */
  private static String part(String name) {
    return name.replaceFirst("\\..*", "");
  }

  /** Whether a model says that it was made by a run of as many iterations. */
  public boolean made(ModelMetadata model) {
    return model.notes().getOrDefault("training", "").startsWith(doneInWords());
  }

  private String doneInWords() {
    return String.format(Locale.ROOT, "loupe train, %d iterations of ", iterationsDone());
  }

  private String description() {
    return String.format(
        Locale.ROOT,
        "%s%d crops of %dx%d, %d pictures, %.0f s on %s, %s; recipe %s",
        doneInWords(),
        recipe.crops().batch(),
        recipe.crops().side(),
        recipe.crops().side(),
        pictures.files(),
        seconds(),
        engine.deviceName(),
        LocalDate.now(ZoneOffset.UTC),
        recipe.text().strip().replaceAll("\\s+", " "));
  }

  /** The engine it runs on. */
  public Engine engine() {
    return engine;
  }

  @Override
  public void close() {
    parameters.close();
  }
}
