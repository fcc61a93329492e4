package dev.loupe;

import dev.loupe.guided.MemoryUse;
import java.util.Map;

/**
 * The work that a picture took.
 *
 * @param guidance where it went
 * @param stageNanos time of each stage, in the order they ran: prepare (plan, memory, programs;
 *     next to nothing for a size seen just before), those of the frame, alpha where the picture has
 *     it, decode and encode where its rows were fetched and handed on meanwhile
 * @param memory device memory of the frame's tensors
 */
public record Work(Guidance guidance, Map<String, Long> stageNanos, MemoryUse memory) {}
