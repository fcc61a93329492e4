package dev.loupe.opencl;

/**
 * A program to be built.
 *
 * @param name what messages call it, such as the kernel file's name
 * @param text OpenCL C 1.2
 */
public record ProgramSource(String name, String text) {}
