/** ONNX floor: a network's graph as an ONNX model file, for other engines. */
package dev.loupe.onnx;
