package dev.loupe.reference;

import static dev.loupe.testing.TensorAssert.assertClose;
import static dev.loupe.testing.Tensors.ramp;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.loupe.tensor.Activation;
import dev.loupe.tensor.ConvGeometry;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import dev.loupe.testing.Tensors;
import java.util.concurrent.ForkJoinPool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Conv2dReferenceTest {
  private static FloatTensor conv(
      FloatTensor src, FloatTensor weights, FloatTensor bias, ConvGeometry geometry) {
    return Conv2dReference.forward(src, weights, bias, geometry, Activation.NONE, null, null);
  }

  /** The formula of the class, one element at a time. */
  private static FloatTensor naive(
      FloatTensor src, FloatTensor weights, FloatTensor bias, ConvGeometry g) {
    Shape in = src.shape();
    Shape filters = weights.shape();
    FloatTensor dst =
        FloatTensor.zeros(
            new Shape(in.n(), filters.n(), g.outputHeight(in.h()), g.outputWidth(in.w())));
    for (int at = 0; at < dst.data().length; at++) {
      int x = at % dst.shape().w();
      int y = at / dst.shape().w() % dst.shape().h();
      int o = (int) (at / dst.shape().plane() % filters.n());
      int n = (int) (at / dst.shape().plane() / filters.n());
      double sum = bias.data()[o];
      for (int i = 0; i < in.c(); i++) {
        for (int r = 0; r < filters.h(); r++) {
          for (int s = 0; s < filters.w(); s++) {
            int srcY = y * g.stride() + r - g.padding();
            int srcX = x * g.stride() + s - g.padding();
            sum += (double) weights.get(o, i, r, s) * src.getPadded(n, i, srcY, srcX);
          }
        }
      }
      dst.data()[at] = (float) sum;
    }
    return dst;
  }

  @ParameterizedTest
  @CsvSource({
    // n, in, out, h, w, filterH, filterW, stride, padding
    "1, 1, 1, 1, 1, 1, 1, 1, 0",
    "1, 3, 5, 1, 1, 5, 5, 1, 2",
    "2, 3, 2, 7, 5, 3, 3, 1, 1",
    "2, 2, 3, 6, 6, 3, 3, 1, 0",
    "1, 2, 3, 11, 13, 3, 3, 2, 0",
    "1, 2, 3, 10, 8, 3, 3, 2, 1",
    "1, 2, 1, 9, 17, 9, 9, 1, 4",
    "3, 1, 2, 5, 8, 2, 4, 3, 2",
    "1, 4, 4, 1, 19, 1, 1, 1, 0",
  })
  void equalsTheFormula(
      int n, int in, int out, int h, int w, int filterH, int filterW, int stride, int padding) {
    FloatTensor src = Tensors.random(1, new Shape(n, in, h, w));
    FloatTensor weights = Tensors.random(2, new Shape(out, in, filterH, filterW));
    FloatTensor bias = Tensors.random(3, Shape.frame(out, 1, 1));
    ConvGeometry geometry = new ConvGeometry(filterH, filterW, stride, padding);
    assertClose(naive(src, weights, bias, geometry), conv(src, weights, bias, geometry));
  }

  @Test
  void aDeltaComesBackAsTheFlippedFilter() {
    FloatTensor delta = FloatTensor.zeros(Shape.frame(1, 3, 3));
    delta.set(0, 0, 1, 1, 1);
    FloatTensor weights = Tensors.of(Shape.frame(1, 3, 3), 1, 2, 3, 4, 5, 6, 7, 8, 9);
    FloatTensor flipped = Tensors.of(Shape.frame(1, 3, 3), 9, 8, 7, 6, 5, 4, 3, 2, 1);
    assertClose(flipped, conv(delta, weights, null, ConvGeometry.same(3)), 0, 0);
  }

  @Test
  void anIdentityFilterKeepsTheImage() {
    FloatTensor src = Tensors.random(5, new Shape(2, 1, 5, 7));
    FloatTensor weights = FloatTensor.zeros(Shape.frame(1, 5, 5));
    weights.set(0, 0, 2, 2, 1);
    assertClose(src, conv(src, weights, null, ConvGeometry.same(5)), 0, 0);
  }

  @Test
  void agreesWithTorch() {
    // F.conv2d(ramp(2,2,5,7), ramp(3,2,3,3), ramp(3), stride=2)
    assertClose(
        Tensors.of(
            new Shape(2, 3, 2, 3),
            -1.1084,
            -3.8424,
            0.8976,
            1.1656,
            -1.9724,
            -2.7672,
            0.152,
            1.712,
            -1.4952,
            1.4972,
            -1.4272,
            1.3044,
            -1.7388,
            0.0348,
            1.1216,
            -1.3224,
            0.0472,
            2.2248,
            -2.7472,
            1.5888,
            1.1576,
            -2.0084,
            0.8732,
            -1.0932,
            1.2624,
            -2.3488,
            1.514,
            -1.3516,
            0.0872,
            -0.0092,
            2.1208,
            2.8036,
            -1.2808,
            0.2344,
            0.2304,
            2.004),
        conv(ramp(2, 2, 5, 7), ramp(3, 2, 3, 3), ramp(1, 3, 1, 1), new ConvGeometry(3, 3, 2, 0)));
    // F.conv2d(ramp(1,1,4,5), ramp(1,1,2,3), None, stride=2, padding=1)
    assertClose(
        Tensors.of(
            new Shape(1, 1, 3, 3),
            -0.1608,
            -0.3868,
            0.362,
            -0.8604,
            0.7428,
            0.2008,
            0.6632,
            -0.442,
            -0.2932),
        conv(ramp(1, 1, 4, 5), ramp(1, 1, 2, 3), null, new ConvGeometry(2, 3, 2, 1)));
  }

  @Test
  void addsTheResidualBeforeTheActivation() {
    // F.leaky_relu(F.conv2d(ramp(1,2,2,3), ramp(2,2,3,3), None, padding=1) + ramp(1,2,2,3), 0.05)
    FloatTensor src = ramp(1, 2, 2, 3);
    assertClose(
        Tensors.of(
            new Shape(1, 2, 2, 3),
            -0.10624,
            1.9588,
            -0.00808,
            -0.07128,
            4.1608,
            -0.00808,
            1.1784,
            -0.05644,
            -0.11796,
            1.5544,
            -0.03724,
            -0.11796),
        Conv2dReference.forward(
            src,
            ramp(2, 2, 3, 3),
            null,
            ConvGeometry.same(3),
            Activation.leakyRelu(0.05f),
            null,
            src));
  }

  @Test
  void preluHasItsSlopeForEachOutputChannel() {
    FloatTensor src = Tensors.of(Shape.frame(1, 1, 2), -1, 2);
    FloatTensor weights = Tensors.of(new Shape(2, 1, 1, 1), 1, 3);
    FloatTensor slopes = Tensors.of(Shape.frame(2, 1, 1), 0.5, 0.25);
    assertClose(
        Tensors.of(Shape.frame(2, 1, 2), -0.5, 2, -0.75, 6),
        Conv2dReference.forward(
            src, weights, null, ConvGeometry.same(1), Activation.PRELU, slopes, null),
        0,
        0);
  }

  @Test
  void sumsInDouble() {
    // In float 1e8 + 1 - 1e8 is 0.
    FloatTensor src = Tensors.of(Shape.frame(3, 1, 1), 1e8, 1, -1e8);
    FloatTensor weights = Tensors.of(Shape.frame(3, 1, 1), 1, 1, 1);
    assertEquals(1f, conv(src, weights, null, ConvGeometry.same(1)).get(0, 0, 0, 0));
  }

  @Test
  void bytesDoNotDependOnTheThreads() throws Exception {
    FloatTensor src = Tensors.random(6, new Shape(2, 5, 23, 31));
    FloatTensor weights = Tensors.random(7, new Shape(7, 5, 3, 3));
    float[] expected = conv(src, weights, null, ConvGeometry.same(3)).data();
    for (int threads : new int[] {1, 7}) {
      ForkJoinPool pool = new ForkJoinPool(threads);
      try {
        float[] actual =
            pool.submit(() -> conv(src, weights, null, ConvGeometry.same(3)).data()).get();
        assertArrayEquals(expected, actual);
      } finally {
        pool.shutdown();
      }
    }
  }

  @Test
  void refusesShapesThatDoNotFit() {
    FloatTensor src = ramp(1, 2, 4, 4);
    FloatTensor weights = ramp(3, 2, 3, 3);
    ConvGeometry same = ConvGeometry.same(3);
    assertRefused("(3, 1, 3, 3)", () -> conv(src, ramp(3, 1, 3, 3), null, same));
    assertRefused("(3, 2, 5, 3)", () -> conv(src, ramp(3, 2, 5, 3), null, same));
    assertRefused("2 values", () -> conv(src, weights, ramp(1, 2, 1, 1), same));
    assertRefused("smaller", () -> conv(ramp(1, 2, 2, 9), weights, null, ConvGeometry.valid(3)));
    assertRefused(
        "residual",
        () -> Conv2dReference.forward(src, weights, null, same, Activation.NONE, null, src));
    assertRefused(
        "slopes",
        () -> Conv2dReference.forward(src, weights, null, same, Activation.PRELU, null, null));
  }

  private static void assertRefused(String named, Runnable call) {
    String message = assertThrows(IllegalArgumentException.class, call::run).getMessage();
    assertTrue(message.contains(named), message);
  }
}
