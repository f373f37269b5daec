/** Write lanes: who owns the order of an index's writes, what is intended, what is bound. */
@NullMarked
package io.miroir.store.lane;

import org.jspecify.annotations.NullMarked;
