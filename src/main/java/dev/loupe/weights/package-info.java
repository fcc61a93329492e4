/** Weights floor: model files (safetensors), their named tensors and metadata, PyTorch import. */
package dev.loupe.weights;
