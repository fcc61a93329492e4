/** File floor: files that appear whole or not at all, and the lock of a folder; imports nothing. */
package dev.loupe.file;
