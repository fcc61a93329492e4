/** Evaluation floor: quality, time and cost of a model on folders of pictures. */
package dev.loupe.evaluate;
