/** Idempotency keys: one write per key while the key lives. */
@NullMarked
package io.miroir.store.idempotency;

import org.jspecify.annotations.NullMarked;
