package dev.loupe.op;

import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;

/**
 * A named tensor of weights; convolutions hold theirs as OIHW, transposed ones as IOHW, vectors as
 * (1, C, 1, 1).
 *
 * @param name the state_dict key
 * @param value the weights
 * @param arrangement where the value's elements stand in the tensor of that name, or null where
 *     they are that tensor
 */
public record Parameter(String name, FloatTensor value, Arrangement arrangement) {
  /** A tensor as it is stored. */
  public Parameter(String name, FloatTensor value) {
    this(name, value, null);
  }

  /** The same weights in another order and shape. */
  public Parameter arranged(Shape shape, Arrangement order) {
    return new Parameter(
        name, order.apply(value, shape), arrangement == null ? order : arrangement.then(order));
  }
}
