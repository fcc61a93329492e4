package dev.loupe.graph;

import dev.loupe.op.Cost;
import dev.loupe.op.Layout;
import dev.loupe.op.Operator;
import dev.loupe.op.RowWindow;
import dev.loupe.op.TensorType;
import java.util.List;

/**
 * One operator applied to values.
 *
 * @param operator what is computed
 * @param inputs its operands
 * @param output its result
 * @param stage which part of the frame it belongs to, for timing: base, mask, top-k, gather,
 *     refine, scatter...
 */
public record Node(Operator operator, List<Value> inputs, Value output, String stage) {
  /** The types of the operands, in order. */
  public List<TensorType> inputTypes() {
    return inputs.stream().map(Value::type).toList();
  }

  /** Rows of input {@code index} that rows of the output are made of. */
  RowWindow rows(int index) {
    return operator.rows(index, inputTypes(), output.type());
  }

  /** Rows of the output that a band is a multiple of; all of them where only a frame has bands. */
  int bandStep() {
    boolean rows = output.type().layout() != Layout.PATCHES;
    return rows ? operator.bandStep(inputTypes(), output.type()) : output.type().shape().h();
  }

  /** What one run of this node costs. */
  public Cost cost() {
    return operator.cost(inputTypes(), output.type());
  }

  /** Device memory it needs while it runs, in bytes. */
  public long scratchBytes() {
    return operator.scratchBytes(inputTypes(), output.type());
  }
}
