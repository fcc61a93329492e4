package dev.loupe.guided;

/**
 * A strip's place in the frame, in rows of the input.
 *
 * @param first its first row
 * @param end the row after its last
 * @param from the first row whose result is kept; those before it are there for the sake of others
 * @param to the row after the last whose result is kept
 */
record Strip(int first, int end, int from, int to) {}
