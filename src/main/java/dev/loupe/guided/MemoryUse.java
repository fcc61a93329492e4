package dev.loupe.guided;

/**
 * The device memory of a frame's tensors.
 *
 * @param planned bytes that they take; 0 in plain Java
 * @param separate bytes if each had memory of its own
 * @param pieces in which pieces the frame is made: whole, in bands, in strips of so many rows or in
 *     tiles
 */
public record MemoryUse(long planned, long separate, String pieces) {}
