package io.miroir.store.engine;

import io.miroir.proto.store.Command;
import io.miroir.proto.store.Outcome;
import io.miroir.store.Refusal;
import io.miroir.store.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Packs the commands that wait and hands the packs on, one after the other: while one is under way,
 * the next one fills. Nothing waits to be packed: a lone command goes at once.
 */
public final class Batcher implements Proposer, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Batcher.class);

    /** How often an idle thread looks whether it is to end. */
    private static final long CLOSED_CHECK_MILLIS = 100;

    private final Limits limits;
    private final Sink sink;
    private final StoreMetrics metrics;
    private final BlockingQueue<Waiting> queue;
    private final Thread thread;
    private volatile boolean closed;
    private @Nullable Waiting left;

    /**
     * What may pile up.
     *
     * @param waitingMax commands that wait or are under way; more are refused as busy
     * @param batchCommandsMax commands of one pack
     * @param batchBytesMax bytes of one pack; a larger command is refused
     * @param deadlineMillis how long a caller waits
     */
    public record Limits(
            int waitingMax, int batchCommandsMax, int batchBytesMax, long deadlineMillis) {}

    /** Where packs go. */
    public interface Sink {
        /**
         * Applies a pack, or says why not; waits for it, within the deadline.
         *
         * @param deadlineNanos on the monotonic clock of {@link System#nanoTime}
         */
        Result submit(List<Command> commands, long deadlineNanos);
    }

    /** What came of a pack. */
    public sealed interface Result {
        /** One outcome a command, in their order. */
        record Done(long index, List<Outcome> outcomes) implements Result {}

        record Failed(Refusal refusal) implements Result {}
    }

    private record Waiting(
            Command command, CompletableFuture<Reply<Outcome>> reply, long sinceNanos) {}

    public Batcher(String name, Limits limits, Sink sink, StoreMetrics metrics) {
        this.limits = limits;
        this.sink = sink;
        this.metrics = metrics;
        this.queue = new ArrayBlockingQueue<>(limits.waitingMax());
        this.thread = Thread.ofPlatform().name(name).unstarted(this::run);
    }

    public void start() {
        thread.start();
    }

    @Override
    public Reply<Outcome> propose(Command command) {
        String refusal = CommandCheck.refusal(command);
        if (refusal != null) {
            return new Reply.Refused<>(new Refusal.Rejected(refusal));
        }
        int bytes = command.getSerializedSize();
        if (bytes > limits.batchBytesMax()) {
            return new Reply.Refused<>(new Refusal.TooLarge(bytes, limits.batchBytesMax()));
        }
        Waiting waiting = new Waiting(command, new CompletableFuture<>(), System.nanoTime());
        if (closed) {
            return new Reply.Refused<>(new Refusal.Closed());
        }
        if (!queue.offer(waiting)) {
            return new Reply.Refused<>(new Refusal.Busy(queue.size(), limits.waitingMax()));
        }
        if (closed && queue.remove(waiting)) {
            return new Reply.Refused<>(new Refusal.Closed());
        }
        return await(waiting);
    }

    /** Refuses new commands, finishes what waits within the deadline. */
    @Override
    public void close() {
        closed = true;
        try {
            thread.join(limits.deadlineMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        refuseAll(new Refusal.Closed());
    }

    private Reply<Outcome> await(Waiting waiting) {
        try {
            return waiting.reply().get(limits.deadlineMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            if (queue.remove(waiting)) {
                return new Reply.Refused<>(
                        new Refusal.Unavailable(
                                "no room in " + limits.deadlineMillis() + " ms to send it"));
            }
            return new Reply.Refused<>(
                    new Refusal.Indeterminate("no answer in " + limits.deadlineMillis() + " ms"));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Reply.Refused<>(new Refusal.Indeterminate("interrupted"));
        } catch (ExecutionException e) {
            throw new IllegalStateException("replies are completed, never failed", e);
        }
    }

    private void run() {
        List<Waiting> batch = new ArrayList<>();
        while (true) {
            take(batch);
            if (batch.isEmpty()) {
                if (closed) {
                    return;
                }
                continue;
            }
            submit(batch);
            batch.clear();
        }
    }

    private void take(List<Waiting> batch) {
        Waiting next = left;
        left = null;
        try {
            if (next == null) {
                next = queue.poll(CLOSED_CHECK_MILLIS, TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts this thread", e);
        }
        int bytes = 0;
        while (next != null) {
            bytes += next.command().getSerializedSize();
            if (!batch.isEmpty() && bytes > limits.batchBytesMax()) {
                left = next;
                return;
            }
            batch.add(next);
            if (batch.size() == limits.batchCommandsMax()) {
                return;
            }
            next = queue.poll();
        }
    }

    private void submit(List<Waiting> batch) {
        metrics.batch(batch.size(), queue.size());
        long deadlineNanos =
                System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(limits.deadlineMillis());
        Result result;
        try {
            result = sink.submit(batch.stream().map(Waiting::command).toList(), deadlineNanos);
            if (result instanceof Result.Done done && done.outcomes().size() != batch.size()) {
                throw new IllegalStateException(
                        done.outcomes().size() + " outcomes for " + batch.size());
            }
        } catch (RuntimeException e) {
            LOG.error("The task store failed to take {} commands", batch.size(), e);
            result = new Result.Failed(new Refusal.Indeterminate(String.valueOf(e.getMessage())));
        }
        if (result instanceof Result.Done done && done.outcomes().size() != batch.size()) {
            LOG.error("{} outcomes for {} commands", done.outcomes().size(), batch.size());
            result = new Result.Failed(new Refusal.Indeterminate("the answer is incomplete"));
        }
        switch (result) {
            case Result.Failed failed ->
                    batch.forEach(w -> answer(w, new Reply.Refused<>(failed.refusal())));
            case Result.Done done -> {
                for (int i = 0; i < batch.size(); i++) {
                    answer(batch.get(i), new Reply.Applied<>(done.index(), done.outcomes().get(i)));
                }
            }
        }
    }

    private void answer(Waiting waiting, Reply<Outcome> reply) {
        metrics.latency(
                waiting.command().getKindCase(), System.nanoTime() - waiting.sinceNanos(), reply);
        waiting.reply().complete(reply);
    }

    private void refuseAll(Refusal refusal) {
        List<Waiting> rest = new ArrayList<>();
        queue.drainTo(rest);
        rest.forEach(w -> answer(w, new Reply.Refused<>(refusal)));
    }
}
