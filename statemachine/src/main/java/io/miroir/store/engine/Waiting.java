package io.miroir.store.engine;

import io.miroir.proto.store.Command;
import io.miroir.proto.store.Outcome;
import io.miroir.store.Reply;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A command whose caller waits.
 *
 * @param claimed by the one who sends it or by the one who no longer waits for that, whichever
 *     comes first
 */
record Waiting(
        Command command,
        CompletableFuture<Reply<Outcome>> reply,
        long sinceNanos,
        AtomicBoolean claimed) {

    static Waiting of(Command command) {
        return new Waiting(
                command, new CompletableFuture<>(), System.nanoTime(), new AtomicBoolean());
    }

    boolean claim() {
        return claimed.compareAndSet(false, true);
    }
}
