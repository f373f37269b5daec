/** SQLite files: connections, schema, transactions, checkpoints. */
@NullMarked
package io.miroir.sqlite;

import org.jspecify.annotations.NullMarked;
