package io.miroir.raft;

import io.miroir.tls.PodKeys;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * What a member knows of its contact with the others before it has any.
 *
 * @param keys by which pods know each other on the Raft port; without them whoever reaches it is
 *     let in
 * @param found whether another pod has found this one where it is known to be. While none has, and
 *     no member has sent it anything, it asks for no votes
 */
public record Contact(Optional<PodKeys> keys, BooleanSupplier found) {
    /** Without keys, where it is known to be. */
    static final Contact PLAIN = new Contact(Optional.empty(), () -> true);
}
