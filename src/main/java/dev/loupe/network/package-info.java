/** Network floor: each network as a config record and a graph built from named weights. */
package dev.loupe.network;
