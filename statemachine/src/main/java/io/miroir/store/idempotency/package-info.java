/** Keys of writes that must not happen twice. */
@NullMarked
package io.miroir.store.idempotency;

import org.jspecify.annotations.NullMarked;
