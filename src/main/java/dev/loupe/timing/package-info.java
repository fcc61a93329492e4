/** Timing floor: how long frames, rungs of a ladder and networks take on a device. */
package dev.loupe.timing;
