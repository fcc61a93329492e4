package dev.loupe.network;

import dev.loupe.graph.Value;

/**
 * A super-resolved picture, possibly before its pixel shuffle: the shuffle moves into whatever
 * stores the picture, and patches of it are scattered in low-resolution cells.
 *
 * @param value (N, 3 * factor * factor, H * scale / factor, W * scale / factor)
 * @param factor of the shuffle that is still to come, 1 for none
 */
public record Picture(Value value, int factor) {}
