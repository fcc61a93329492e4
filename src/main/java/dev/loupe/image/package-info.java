/**
 * Image floor: pictures in memory and in files, bicubic resizing, quality metrics and heat maps.
 *
 * <p>Samples go through untouched: no colour conversion, no gamma, no change of bit depth that was
 * not asked for. PNG has its own reader and writer here because the JDK's ones lose iCCP and eXIf,
 * do not notice damage and start slowly; JPEG, TIFF, BMP, GIF and WebP go through ImageIO plug-ins.
 */
package dev.loupe.image;
