/** Kernel floor: loads .cl files, specialises them with defines, knows the tuned tile sizes. */
package dev.loupe.kernel;
