/** Guided floor: Base-Net, mask prediction, top-K, gather, Refine-Net, scatter as one frame. */
package dev.loupe.guided;
