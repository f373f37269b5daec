package io.miroir.raft.link;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Asks one question for all who want its answer: one round at a time, and who comes while one is
 * under way shares the next, as the answer must be to a question that was asked after they came.
 */
final class Rounds<T> {
    private final Callable<CompletableFuture<T>> question;

    /** What those wait for who came while a round was under way. */
    private @Nullable CompletableFuture<T> next;

    private boolean underWay;

    /**
     * @param question asks it
     */
    Rounds(Callable<CompletableFuture<T>> question) {
        this.question = question;
    }

    /** The answer of a round that begins after this call. */
    CompletableFuture<T> answer() {
        CompletableFuture<T> mine;
        synchronized (this) {
            if (underWay) {
                if (next == null) {
                    next = new CompletableFuture<>();
                }
                return next;
            }
            underWay = true;
            mine = new CompletableFuture<>();
        }
        begin(mine);
        return mine;
    }

    private void begin(CompletableFuture<T> round) {
        var _ = ask().whenComplete((answer, failure) -> end(round, answer, failure));
    }

    private CompletableFuture<T> ask() {
        try {
            return question.call();
        } catch (Exception e) {
            // Whatever it is: rounds go on, and those who wait hear of it.
            return CompletableFuture.failedFuture(e);
        }
    }

    private void end(CompletableFuture<T> round, @Nullable T answer, @Nullable Throwable failure) {
        CompletableFuture<T> following;
        synchronized (this) {
            following = next;
            next = null;
            underWay = following != null;
        }
        // Before those are woken who have their answer: that takes its time.
        if (following != null) {
            begin(following);
        }
        if (failure == null) {
            round.complete(answer);
        } else {
            round.completeExceptionally(failure);
        }
    }
}
