package dev.loupe.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** Tests of {@link FloatTensor#generate}. */
class FloatTensorTest {
  @Test
  void everyElementIsThatOfItsPlace() {
    Shape shape = new Shape(2, 3, 5, 7);
    FloatTensor tensor =
        FloatTensor.generate(shape, (n, c, y, x) -> 1000 * n + 100 * c + 10 * y + x);
    assertEquals(shape, tensor.shape());
    assertEquals(0, tensor.get(0, 0, 0, 0));
    assertEquals(1, tensor.get(0, 0, 0, 1));
    assertEquals(30, tensor.get(0, 0, 3, 0));
    assertEquals(246, tensor.get(0, 2, 4, 6));
    assertEquals(1106, tensor.get(1, 1, 0, 6));
  }
}
