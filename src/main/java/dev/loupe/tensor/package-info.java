/** Tensor floor: shapes, host tensors and convolution geometry; pure values, imports nothing. */
package dev.loupe.tensor;
