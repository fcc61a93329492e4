package dev.loupe.cli;

import dev.loupe.Engine;
import dev.loupe.file.AtomicFile;
import dev.loupe.file.FolderLock;
import dev.loupe.file.RealPath;
import dev.loupe.guided.MemoryLimit;
import dev.loupe.train.DivergedException;
import dev.loupe.train.LogRow;
import dev.loupe.train.Recipe;
import dev.loupe.train.Trainer;
import dev.loupe.train.TrainingLog;
import dev.loupe.train.Validation;
import dev.loupe.weights.Dtype;
import dev.loupe.weights.ModelFiles;
import dev.loupe.weights.WeightsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command that trains a network by a recipe, and goes on with a run that was stopped. */
@Command(
    name = "train",
    header = "Train a network by a recipe on folders of pictures.",
    description =
        "Ctrl-C or SIGTERM stops and saves (exit code 130 or 143); --resume goes on, bit for bit on"
            + " the same device.")
final class TrainCommand extends LoupeCommand {
  private static final double LINE_SECONDS = 1;
  private static final double SAVE_SECONDS = 300;

  @Option(
      names = "--recipe",
      required = true,
      paramLabel = "JSON",
      description = "The recipe, such as weights/recipes/fsrcnn-x4.json.")
  private Path recipeFile;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "DIR",
      description = "A folder of pictures, folders inside included; may be given several times.")
  private List<Path> data;

  @Option(
      names = {"-o", "--output", "--out"},
      required = true,
      paramLabel = "DIR",
      description = "Where checkpoint, model, log.csv and log.png go.")
  private Path output;

  @Option(
      names = "--resume",
      description = "Go on from the checkpoint in --output, if there is one.")
  private boolean resume;

  @Option(names = "--minutes", paramLabel = "N", description = "Stop and save after so long.")
  private double minutes = Double.POSITIVE_INFINITY;

  @Option(
      names = "--validate",
      paramLabel = "DIR",
      description = "Measure PSNR on this folder, as 'loupe evaluate' does, every so often.")
  private Path validate;

  @Option(
      names = "--every",
      paramLabel = "N",
      defaultValue = "1000",
      description = "Iterations from one report and checkpoint to the next. Default: 1000.")
  private int every;

  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      description =
          "The device memory, such as 2G, beyond which activations are computed twice rather than"
              + " kept. Default: half of the device's.")
  private MemoryLimit memory;

  @Mixin private DeviceOptions device;

  private volatile boolean interrupted;
  private Trainer trainer;
  private Validation validation;
  private FolderLock lock;
  private TrainingLog log;
  private Recipe recipe;
  private TrainingProgress progress;
  private double lineAt = Double.NEGATIVE_INFINITY; // in seconds of the progress
  private double savedAt;
  private Map<String, Double> psnr = Map.of();

  @Override
  Outcome run() {
    if (every < 1) {
      throw new IllegalArgumentException("--every %d: must be at least 1".formatted(every));
    }
    if (!(minutes >= 0)) {
      throw new IllegalArgumentException("--minutes %s: must be at least 0".formatted(minutes));
    }
    recipe = Recipe.read(recipeFile);
    requireOutside();
    Thread hook = new Thread(this::stopAndWait, "loupe-stop");
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      requireRoom(); // what stands in the way is told before the pictures are listed
      return onDevice();
    } finally {
      removeHook(hook);
      if (lock != null) {
        lock.close();
      }
    }
  }

  private Outcome onDevice() {
    try (Engine engine = device.open();
        Trainer running = new Trainer(recipe, engine, data, text -> warn("%s", text))) {
      trainer = running;
      if (memory != null) {
        trainer.limitMemory(memory.most());
      }
      if (validate != null) {
        validation = new Validation(validate, recipe.model().scale(), recipe.model().p());
      }
      if (lock == null) { // after all checks, as what is refused leaves no folder
        takeFolder();
      }
      if (Files.exists(checkpoint())) {
        trainer.resume(checkpoint());
      } else {
        trainer.taken().ifPresent(what -> say("%s", what));
      }
      return train();
    }
  }

  /** Takes the folder if it is there, else checks that it can be made. */
  private void requireRoom() {
    Path there = output.toAbsolutePath();
    while (!Files.exists(there)) {
      there = there.getParent();
    }
    if (Files.exists(output)) {
      takeFolder();
    } else if (!Files.isDirectory(there) || !Files.isWritable(there)) {
      throw new IllegalArgumentException(
          "--output %s: %s is no folder that can be written to; name another"
              .formatted(output, there));
    }
  }

  /** Makes the folder where it is missing, and keeps other runs out of it. */
  private void takeFolder() {
    try {
      Files.createDirectories(output);
      lock =
          FolderLock.take(output)
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "another run is training in %s; choose another folder or wait"
                              .formatted(output)));
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "--output %s: is no folder that can be written to and locked (%s); name another"
              .formatted(output, e.getClass().getSimpleName()),
          e);
    }
    requireNoOtherRun();
    clearParts();
  }

  /** What a kill of the run that is gone on with left. */
  private void clearParts() {
    if (!Files.exists(checkpoint())) {
      return;
    }
    try {
      AtomicFile.deleteParts(output);
    } catch (IOException e) {
      warn("%s: an unfinished file of a run before cannot be deleted", output);
    }
  }

  /** The log's plot in {@code --output} would become a picture to train on, or to measure. */
  private void requireOutside() {
    requireFileName("--output", output);
    Path target = RealPath.of(output);
    for (Path folder : data) {
      if (target.startsWith(RealPath.of(folder))) {
        throw new IllegalArgumentException(
            "--output %s: lies in --data %s; name a folder outside".formatted(output, folder));
      }
    }
    if (validate != null && target.equals(RealPath.of(validate))) {
      throw new IllegalArgumentException(
          "--output %s: is the folder of --validate; name another".formatted(output));
    }
  }

  /** What another run left is gone on with or stays. */
  private void requireNoOtherRun() {
    boolean hasCheckpoint = Files.exists(checkpoint());
    if (hasCheckpoint && !resume) {
      throw new IllegalArgumentException(
          checkpoint() + ": is there already; --resume goes on with it, or name another --output");
    }
    if (!hasCheckpoint && Files.exists(model())) {
      throw new IllegalArgumentException(
          model() + ": is a model of no run that is here; name another --output");
    }
  }

  private Path checkpoint() {
    return output.resolve("checkpoint.safetensors");
  }

  private Path model() {
    return output.resolve(
        "%s-x%d.safetensors".formatted(recipe.model().network(), recipe.model().scale()));
  }

  private boolean isModelOfNow() {
    try {
      return Files.exists(model()) && trainer.made(ModelFiles.read(model().toString()).metadata());
    } catch (WeightsException e) {
      return false; // it is damaged, and written anew
    }
  }

  private void stopAndWait() {
    interrupted = true;
    awaitTold();
  }

  private static void removeHook(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The hook is running: it was what stopped the training.
    }
  }

  private Outcome train() {
    long first = trainer.iterationsDone();
    log = new TrainingLog(output, first, text -> warn("%s", text));
    progress = new TrainingProgress(recipe, first);
    say(
        "%s x%d on %s, picture files: %d; iteration %d of %d",
        recipe.model().network(),
        recipe.model().scale(),
        trainer.engine().deviceName(),
        trainer.pictureFiles(),
        first,
        recipe.iterations());
    boolean done = trainAndSave();
    say("%s; wrote %s", done ? "done" : "stopped, --resume goes on", model());
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("iterations", trainer.iterationsDone());
    json.put("done", done);
    json.put("seconds", trainer.seconds());
    json.put("device", trainer.engine().deviceName());
    Map<String, Double> measured = new LinkedHashMap<>();
    psnr.forEach((variant, db) -> measured.put(variant, Main.finite(db)));
    json.put("psnr", measured);
    json.put("model", model().toString());
    return new Outcome(Main.DONE, json);
  }

  /** Returns whether the recipe is done. */
  private boolean trainAndSave() {
    try {
      boolean done = trainer.run(this::done);
      save();
      if (progress.hasNews()) {
        report();
      } else if (!isModelOfNow()) { // a kill in the last measuring left none, or an older one
        measure();
      }
      return done;
    } catch (DivergedException e) {
      throw new DivergedException(
          Files.exists(checkpoint())
              ? e.getMessage() + "; the last good checkpoint is " + checkpoint()
              : e.getMessage(),
          e);
    }
  }

  private boolean done(long iteration, double loss, double rate) {
    progress.add(iteration, trainer.phase().variant().toString(), loss, rate);
    double now = progress.seconds();
    if (iteration % every == 0) {
      save();
      report();
    } else if (now - savedAt > SAVE_SECONDS) {
      save();
    }
    if (progress.hasNews() && now - lineAt > LINE_SECONDS && ProgressLine.isTerminal()) {
      lineAt = now;
      status("\r%s\033[K", progress.line());
    }
    return !interrupted && now < minutes * 60;
  }

  private void save() {
    double begin = progress.seconds();
    trainer.save(checkpoint());
    progress.leaveOutSince(begin);
    savedAt = progress.seconds();
  }

  /** Measures, and writes the model with what was measured. */
  private void measure() {
    if (validation != null) {
      psnr = validation.psnr(trainer.model(), trainer.engine());
    }
    trainer.model(psnr).write(model(), Dtype.F32);
  }

  /** Measures, writes the model, and logs. */
  private void report() {
    LogRow row = progress.row();
    measure();
    log.add(row.withPsnr(psnr));
    StringBuilder measured = new StringBuilder();
    psnr.forEach((variant, db) -> measured.append("  %s %.3f".formatted(variant, db)));
    if (ProgressLine.isTerminal()) {
      status("\r\033[K");
    }
    say("%s%s", progress.line(row), measured);
    progress.beginRow();
  }
}
