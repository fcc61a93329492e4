package dev.loupe.opencl;

/**
 * A driver that offers devices, as it names itself.
 *
 * @param name such as "Portable Computing Language"
 * @param version such as "OpenCL 3.0 PoCL 3.1"
 */
public record Platform(String name, String version) {}
