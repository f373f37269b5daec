package io.miroir.fanout.read;

import io.miroir.api.ApiException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/** Parts of one read that don't wait for one another. */
final class SideBySide {
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
        List<CompletableFuture<T>> running =
                parts.stream()
                        .map(
                                part ->
                                        CompletableFuture.supplyAsync(
                                                part,
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
}
