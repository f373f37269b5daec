/** Cursors of change-data-capture sinks, and what waits for them. */
@NullMarked
package io.miroir.store.cdc;

import org.jspecify.annotations.NullMarked;
