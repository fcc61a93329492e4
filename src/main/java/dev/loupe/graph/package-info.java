/** Graph floor: nodes and values, the memory plan, and the two executors (device and reference). */
package dev.loupe.graph;
