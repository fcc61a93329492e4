/**
 * OpenCL floor: devices, contexts, buffers, programs and launches; the only package that knows a
 * binding (LWJGL, JOCL, or the null device that computes nothing).
 */
package dev.loupe.opencl;
