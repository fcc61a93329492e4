/** Command-line floor: picocli subcommands, one a file, and their reports; nothing imports it. */
package dev.loupe.cli;
