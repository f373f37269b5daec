package io.miroir.fanout.read;

import io.miroir.api.ApiException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/** Parts of one read that don't wait for one another. */
final class SideBySide {
    /** Parts of one read that run at a time, as queries of one multi-search; the others wait. */
    static final int AT_A_TIME_MAX = 16;

    private SideBySide() {}

    /**
     * Does all of it.
     *
     * @throws ApiException what the first of the parts that fail was refused with
     */
    static <T> List<T> all(List<Supplier<T>> parts) {
        if (parts.size() <= 1) {
            return parts.stream().map(Supplier::get).toList();
        }
        Semaphore slots = new Semaphore(AT_A_TIME_MAX);
        List<CompletableFuture<T>> running =
                parts.stream()
                        .map(
                                part ->
                                        CompletableFuture.supplyAsync(
                                                () -> inSlot(slots, part),
                                                task ->
                                                        Thread.ofVirtual()
                                                                .name("side by side")
                                                                .start(task)))
                        .toList();
        try {
            return running.stream().map(CompletableFuture::join).toList();
        } catch (CompletionException failed) {
            throw failed.getCause() instanceof ApiException refused ? refused : failed;
        }
    }

    private static <T> T inSlot(Semaphore slots, Supplier<T> part) {
        slots.acquireUninterruptibly();
        try {
            return part.get();
        } finally {
            slots.release();
        }
    }
}
