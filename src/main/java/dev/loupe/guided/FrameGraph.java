package dev.loupe.guided;

import dev.loupe.graph.Graph;
import dev.loupe.graph.Value;
import java.util.Optional;

/**
 * The whole scheme for one frame size, as a graph and its ends.
 *
 * @param graph the nodes
 * @param input the low-resolution picture: pixels, or a frame of floats
 * @param output the super-resolved picture, pixels or a frame
 * @param feature the coarse feature (1, C, H, W), kept only where it was asked for
 * @param mask the error mask (1, 1, ceil(H / p), ceil(W / p)), of variant mask
 * @param selected the refined cells, ascending, of variants mask and all
 * @param cells patches of the grid
 * @param patches how many of them are refined
 */
public record FrameGraph(
    Graph graph,
    Value input,
    Value output,
    Optional<Value> feature,
    Optional<Value> mask,
    Optional<Value> selected,
    int cells,
    int patches) {}
