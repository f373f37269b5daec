/** Applies commands to a database: order, time, exactly-once, events; shared by all backends. */
@NullMarked
package io.miroir.store.engine;

import org.jspecify.annotations.NullMarked;
