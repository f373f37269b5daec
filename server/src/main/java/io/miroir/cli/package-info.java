/** The command line: one class a subcommand. */
@NullMarked
package io.miroir.cli;

import org.jspecify.annotations.NullMarked;
