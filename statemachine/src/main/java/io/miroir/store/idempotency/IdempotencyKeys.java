package io.miroir.store.idempotency;

import io.miroir.store.ReadLevel;
import java.util.Optional;

/**
 * Living keys. They are written by the commands of the writes that bear them ({@code Lanes.intend}
 * and {@code bind}, {@code Tasks.enqueue}), which answer what is known of the key: there is no race
 * between looking and writing.
 *
 * <p>A key lives as long as its write says, or the limits' {@code idempotencyTtlMicros}. Cap: the
 * limits' {@code idempotencyKeysMax}, open intents with a key included. A full table refuses new
 * keyed writes rather than forget a living key.
 */
public interface IdempotencyKeys {

    /** Only while it lives. */
    Optional<IdempotencyRow> get(ReadLevel level, String key);

    /** How many live. */
    long living(ReadLevel level);
}
