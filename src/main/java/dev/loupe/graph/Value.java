package dev.loupe.graph;

import dev.loupe.op.TensorType;

/**
 * A tensor of a graph that has a type but no memory yet.
 *
 * @param id position among the graph's values
 * @param name for plans and errors
 * @param type shape and layout
 */
public record Value(int id, String name, TensorType type) {}
