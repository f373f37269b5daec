/** One file that holds the whole task store: how it is written, read and verified. */
@NullMarked
package io.miroir.store.backup;

import org.jspecify.annotations.NullMarked;
