/**
 * Tensor floor: shapes, host tensors, convolution geometry, and the arithmetic that all floors
 * share: activations, norms, halves, blocks and relative errors; pure values, imports nothing.
 */
package dev.loupe.tensor;
