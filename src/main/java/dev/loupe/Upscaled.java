package dev.loupe;

import dev.loupe.guided.FrameRunner;
import dev.loupe.guided.MemoryUse;
import dev.loupe.guided.StageTimes;
import dev.loupe.image.Image;
import java.util.Map;

/**
 * An upscaled picture and how it came about.
 *
 * @param image the picture
 * @param guidance where the work went
 * @param stageNanos time of each stage, in the order they ran: prepare (plan, memory, programs;
 *     next to nothing for a size seen just before), those of the frame, alpha where the picture has
 *     it
 * @param memory device memory of the frame's tensors
 */
public record Upscaled(
    Image image, Guidance guidance, Map<String, Long> stageNanos, MemoryUse memory) {
  static Upscaled of(Image image, FrameRunner runner, StageTimes times) {
    return new Upscaled(image, Guidance.of(runner), times.nanos(), runner.memory());
  }

  Upscaled withImage(Image other) {
    return new Upscaled(other, guidance, stageNanos, memory);
  }
}
