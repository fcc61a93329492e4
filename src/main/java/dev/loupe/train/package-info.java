/** Training: gradients of a network's graph, losses, Adam, crops, checkpoints and the trainer. */
package dev.loupe.train;
