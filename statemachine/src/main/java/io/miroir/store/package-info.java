/** The task store: what the pods must remember together, one room per table. */
@NullMarked
package io.miroir.store;

import org.jspecify.annotations.NullMarked;
