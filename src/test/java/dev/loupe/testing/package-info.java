/** What tests share: repeatable tensors and comparisons that show where two tensors part. */
package dev.loupe.testing;
