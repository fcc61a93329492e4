/** Loupe: content-adaptive image upscaling on any OpenCL device; the whole public inference API. */
package dev.loupe;
