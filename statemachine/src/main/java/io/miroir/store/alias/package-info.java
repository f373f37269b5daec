/** Atomic index aliases: one name, one or many indexes. */
@NullMarked
package io.miroir.store.alias;

import org.jspecify.annotations.NullMarked;
