/** Benchmarks floor: JMH benchmarks of operators and frames; nothing imports it. */
package dev.loupe.bench;
