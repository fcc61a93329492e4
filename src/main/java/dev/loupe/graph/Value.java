package dev.loupe.graph;

import dev.loupe.op.TensorType;

/**
 * A tensor of a graph that has a type but no memory yet.
 *
 * @param id position among the graph's values
 * @param name for plans and errors
 * @param type shape and layout
 */
public record Value(int id, String name, TensorType type) {
  // Records make these two when they are first called, which a start of Loupe would feel.
  @Override
  public boolean equals(Object other) {
    return other instanceof Value value && id == value.id && name.equals(value.name);
  }

  @Override
  public int hashCode() {
    return id;
  }
}
