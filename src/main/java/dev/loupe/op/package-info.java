/**
 * Op floor: one class an operator, with its shape inference, reference twin and device launches.
 */
package dev.loupe.op;
