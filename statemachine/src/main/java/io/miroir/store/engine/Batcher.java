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
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Packs the commands that wait and hands the packs on, one after the other: while one is under way,
 * the next one fills. Nothing waits to be packed: a lone command goes at once, on its caller's own
 * thread, as handing it to another and back would take a good part of its time.
 */
public final class Batcher implements Proposer, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Batcher.class);

    /** How often an idle thread looks whether it is to end. */
    private static final long CLOSED_CHECK_MILLIS = 100;

    private final Limits limits;
    private final Sink sink;
    private final CommandCheck check;
    private final StoreMetrics metrics;
    private final BlockingQueue<Waiting> queue;
    private final Thread thread;

    /** Whose holder has a pack under way. */
    private final Semaphore turn = new Semaphore(1);

    /** Whether the thread has a command in hand, and waits for its turn. */
    private volatile boolean inHand;

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

    /**
     * @param claimed by the one who sends it or by the one who no longer waits for that, whichever
     *     comes first
     */
    private record Waiting(
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

    /**
     * @param name of its thread
     * @param check what does not pass it is refused at once
     */
    public Batcher(
            String name, Limits limits, CommandCheck check, Sink sink, StoreMetrics metrics) {
        this.limits = limits;
        this.check = check;
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
        String refusal = check.refusal(command);
        if (refusal != null) {
            return refused(new Refusal.Rejected(refusal));
        }
        int bytes = command.getSerializedSize();
        if (bytes > limits.batchBytesMax()) {
            return refused(new Refusal.TooLarge(bytes, limits.batchBytesMax()));
        }
        Waiting waiting = Waiting.of(command);
        if (!inHand && queue.isEmpty() && turn.tryAcquire()) {
            return sendAlone(waiting);
        }
        if (closed) {
            return refused(new Refusal.Closed());
        }
        if (!queue.offer(waiting)) {
            return refused(new Refusal.Busy(queue.size(), limits.waitingMax()));
        }
        if (closed && queue.remove(waiting)) {
            return refused(new Refusal.Closed());
        }
        return await(waiting);
    }

    private Reply<Outcome> refused(Refusal refusal) {
        metrics.refused(refusal);
        return new Reply.Refused<>(refusal);
    }

    /** Refuses new commands, finishes what waits within the deadline. */
    @Override
    public void close() {
        closed = true;
        try {
            thread.join(limits.deadlineMillis());
            if (turn.tryAcquire(limits.deadlineMillis(), TimeUnit.MILLISECONDS)) {
                turn.release();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        refuseAll(new Refusal.Closed());
    }

    private Reply<Outcome> sendAlone(Waiting waiting) {
        try {
            if (closed) {
                return new Reply.Refused<>(new Refusal.Closed());
            }
            submit(List.of(waiting));
        } finally {
            turn.release();
        }
        return waiting.reply().join();
    }

    private Reply<Outcome> await(Waiting waiting) {
        try {
            return waiting.reply().get(limits.deadlineMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            if (waiting.claim()) {
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
            Waiting first = next();
            if (first == null) {
                if (closed) {
                    return;
                }
                continue;
            }
            // Whoever comes from here on waits behind it: nobody overtakes for ever.
            inHand = true;
            turn.acquireUninterruptibly();
            try {
                fill(batch, first);
                if (!batch.isEmpty()) {
                    submit(batch);
                }
            } finally {
                inHand = false;
                turn.release();
            }
            batch.clear();
        }
    }

    private @Nullable Waiting next() {
        if (left != null) {
            Waiting next = left;
            left = null;
            return next;
        }
        try {
            return queue.poll(CLOSED_CHECK_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts this thread", e);
        }
    }

    private void fill(List<Waiting> batch, Waiting first) {
        int bytes = 0;
        for (Waiting next = first; next != null; next = queue.poll()) {
            bytes += next.command().getSerializedSize();
            if (!batch.isEmpty() && bytes > limits.batchBytesMax()) {
                left = next;
                return;
            }
            if (next.claim()) {
                batch.add(next);
            }
            if (batch.size() == limits.batchCommandsMax()) {
                return;
            }
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
