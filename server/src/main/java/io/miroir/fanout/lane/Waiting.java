package io.miroir.fanout.lane;

import io.miroir.api.ApiException;
import io.miroir.fanout.spool.Spooler;
import io.miroir.store.StoreUnavailableException;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/** A write that waits for its turn in a lane, and then for what comes of it. */
final class Waiting {
    private final WriteRequest request;
    private final Spooler.Received body;
    private final BooleanSupplier ours;
    private final long sinceNanos = System.nanoTime();
    private final CompletableFuture<Answer> answer = new CompletableFuture<>();

    /** What came of it, unless it is refused. */
    sealed interface Answer {
        /** It is a task. */
        record Told(LaneReply reply) implements Answer {}

        /** Another pod runs the lane: nothing was sent. */
        record Elsewhere() implements Answer {}

        /** Others go first: nothing was sent. */
        record Later() implements Answer {}
    }

    /**
     * A write.
     *
     * @param ours whether this pod still is to run the lane
     */
    Waiting(WriteRequest request, Spooler.Received body, BooleanSupplier ours) {
        this.request = request;
        this.body = body;
        this.ours = ours;
    }

    WriteRequest request() {
        return request;
    }

    Spooler.Received body() {
        return body;
    }

    boolean isOurs() {
        return ours.getAsBoolean();
    }

    long sinceNanos() {
        return sinceNanos;
    }

    /** It is a task, or no pod's that can be seen from here. */
    void tell(Optional<LaneReply> reply) {
        answer.complete(reply.isPresent() ? new Answer.Told(reply.get()) : new Answer.Elsewhere());
    }

    /** Others go first. */
    void putOff() {
        answer.complete(new Answer.Later());
    }

    /** Nobody will answer it otherwise. The first answer counts. */
    void fail(Exception why) {
        answer.completeExceptionally(why);
    }

    /** The answer, if it comes in that time. */
    Optional<Answer> await(Duration patience) throws IOException, InterruptedException {
        try {
            return Optional.of(answer.get(patience.toNanos(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException notYet) {
            return Optional.empty();
        } catch (ExecutionException refused) {
            throw told(refused);
        }
    }

    /** The answer, however late: nodes are asked within limits of time. */
    Answer await() throws IOException, InterruptedException {
        try {
            return answer.get();
        } catch (ExecutionException refused) {
            throw told(refused);
        }
    }

    // What was thrown for the whole turn is told to each of its clients on a thread of its own.
    private static RuntimeException told(ExecutionException failed) throws IOException {
        return switch (failed.getCause()) {
            case ApiException refusal -> refusal;
            case StoreUnavailableException unavailable -> unavailable;
            case IOException broken -> throw broken;
            case null, default -> new IllegalStateException("a write broke off", failed);
        };
    }
}
