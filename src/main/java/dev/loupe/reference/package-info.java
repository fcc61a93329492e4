/**
 * Reference floor: the plain-Java twin of every operator, the oracle of all kernel tests and the
 * arithmetic of the slow {@code -d java} backend.
 *
 * <p>All sums run in double and are rounded to float once, at the store. Work is split over output
 * rows or planes, each summed by one thread in one fixed order, so the bytes do not depend on the
 * number of threads.
 */
package dev.loupe.reference;
