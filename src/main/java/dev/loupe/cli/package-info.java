/** Command-line floor: one picocli subcommand a file; nothing imports it. */
package dev.loupe.cli;
