/** Caps and lifetimes, the same for all pods, and what removes the rest. */
@NullMarked
package io.miroir.store.limit;

import org.jspecify.annotations.NullMarked;
