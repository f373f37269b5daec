/** Who runs a duty, until when, and where it stands. */
@NullMarked
package io.miroir.store.lease;

import org.jspecify.annotations.NullMarked;
