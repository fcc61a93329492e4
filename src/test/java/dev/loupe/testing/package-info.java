/**
 * What tests share: tensors, sizes that hurt, and the bench that holds a device to its reference.
 */
package dev.loupe.testing;
