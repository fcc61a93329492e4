/** Chart floor: line charts as pictures, for sweeps and training. */
package dev.loupe.chart;
