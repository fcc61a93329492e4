package dev.loupe.evaluate;

import dev.loupe.complexity.FrameCost;

/**
 * What a model made of one picture.
 *
 * @param name of the picture
 * @param width of the low-resolution picture
 * @param height likewise
 * @param quality of the model's picture
 * @param bicubic quality of bicubic enlarging, the baseline
 * @param millis time on the device without the transfers
 * @param refinedShare share of the frame that Refine-Net saw, 0 to 1
 * @param cost multiply-adds
 */
public record ImageScore(
    String name,
    int width,
    int height,
    Quality quality,
    Quality bicubic,
    double millis,
    double refinedShare,
    FrameCost cost) {}
