package dev.loupe;

import dev.loupe.image.Image;

/**
 * An upscaled picture and how it came about.
 *
 * @param image the picture
 * @param work what it took
 */
public record Upscaled(Image image, Work work) {}
