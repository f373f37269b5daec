/** Rollover policies of time-sliced indexes. */
@NullMarked
package io.miroir.store.rollover;

import org.jspecify.annotations.NullMarked;
