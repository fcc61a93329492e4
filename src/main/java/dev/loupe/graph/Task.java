package dev.loupe.graph;

import dev.loupe.op.Rows;

/**
 * One step of a schedule.
 *
 * @param node index of the node in its graph
 * @param rows rows of the node's output that it makes
 */
record Task(int node, Rows rows) {}
