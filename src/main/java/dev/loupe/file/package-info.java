/** File floor: files that appear whole or not at all; imports nothing. */
package dev.loupe.file;
