/** What the commands for backups and recovery are made of. */
@NullMarked
package io.miroir.cli.backup;

import org.jspecify.annotations.NullMarked;
