/** Canary queries and their bounded run history. */
@NullMarked
package io.miroir.store.canary;

import org.jspecify.annotations.NullMarked;
