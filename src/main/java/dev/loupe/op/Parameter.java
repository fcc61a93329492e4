package dev.loupe.op;

import dev.loupe.tensor.FloatTensor;

/**
 * A named tensor of weights; convolutions hold theirs as OIHW, transposed ones as IOHW, vectors as
 * (1, C, 1, 1).
 *
 * @param name the state_dict key
 * @param value the weights
 */
public record Parameter(String name, FloatTensor value) {}
