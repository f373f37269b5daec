/** The catalogue: which indexes exist, under which physical uid, with which settings. */
@NullMarked
package io.miroir.store.index;

import org.jspecify.annotations.NullMarked;
