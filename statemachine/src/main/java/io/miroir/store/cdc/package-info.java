/** Cursors of change-data-capture sinks. */
@NullMarked
package io.miroir.store.cdc;

import org.jspecify.annotations.NullMarked;
