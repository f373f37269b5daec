/** Tests of the database file. */
@NullMarked
package io.miroir.sqlite;

import org.jspecify.annotations.NullMarked;
