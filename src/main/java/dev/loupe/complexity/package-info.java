/** Complexity floor: parameters and multiply-adds of any network, and the paper's tables. */
package dev.loupe.complexity;
