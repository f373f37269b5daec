package io.miroir.store.engine;

import io.miroir.proto.store.Command;
import io.miroir.proto.store.Outcome;
import io.miroir.store.Refusal;
import io.miroir.store.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.DoubleSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Packs the commands that wait and hands the packs on: while one is under way, the next one fills.
 * Where packs wait for a network, some are under way at a time ({@link Pace}). A lone command goes
 * at once, on its caller's own thread, as handing it to another and back would take a good part of
 * its time.
 */
public final class Batcher implements Proposer, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Batcher.class);

    private final Limits limits;
    private final CommandCheck check;
    private final StoreMetrics metrics;
    private final Packs packs;
    private final List<Thread> threads;

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
     * Sends one pack after the other.
     *
     * @param name of its thread
     * @param check what does not pass it is refused at once
     */
    public Batcher(
            String name, Limits limits, CommandCheck check, Sink sink, StoreMetrics metrics) {
        this(name, limits, check, List.of(sink), Pace.oneByOne(), metrics);
    }

    /**
     * Sends as many packs at a time as there are sinks, where that makes sense.
     *
     * @param sinks each of which gets the next pack when it has answered the one before
     * @param cpuLoad share of all cores that was in use since the last call, 0 to 1
     */
    public static Batcher overlapping(
            String name,
            Limits limits,
            CommandCheck check,
            List<? extends Sink> sinks,
            DoubleSupplier cpuLoad,
            StoreMetrics metrics) {
        return new Batcher(name, limits, check, sinks, new Pace(sinks.size(), cpuLoad), metrics);
    }

    private Batcher(
            String name,
            Limits limits,
            CommandCheck check,
            List<? extends Sink> sinks,
            Pace pace,
            StoreMetrics metrics) {
        this.limits = limits;
        this.check = check;
        this.metrics = metrics;
        this.packs = new Packs(limits, sinks, pace);
        this.threads =
                IntStream.range(0, sinks.size())
                        .mapToObj(
                                i -> Thread.ofPlatform().name(name + "-" + i).unstarted(this::run))
                        .toList();
    }

    public void start() {
        threads.forEach(Thread::start);
    }

    @Override
    public Reply<Outcome> propose(Command command) {
        Refusal unfit = unfit(command);
        if (unfit != null) {
            return refused(unfit);
        }
        Waiting waiting = Waiting.of(command);
        Packs.Pack alone = packs.alone(waiting);
        if (alone != null) {
            try {
                submit(alone);
            } finally {
                packs.ended(alone);
            }
            return waiting.reply().join();
        }
        if (packs.isClosed()) {
            return refused(new Refusal.Closed());
        }
        if (!packs.offer(waiting)) {
            return refused(new Refusal.Busy(packs.queued(), limits.waitingMax()));
        }
        if (packs.isClosed() && packs.remove(waiting)) {
            return refused(new Refusal.Closed());
        }
        return await(waiting);
    }

    /** In one pack, if they have room in one. */
    @Override
    public List<Reply<Outcome>> proposeAll(List<Command> commands) {
        if (commands.size() == 1) {
            return List.of(propose(commands.getFirst()));
        }
        List<Waiting> all = commands.stream().map(Waiting::of).toList();
        List<Waiting> fit = new ArrayList<>();
        for (Waiting waiting : all) {
            Refusal unfit = unfit(waiting.command());
            if (unfit == null) {
                fit.add(waiting);
            } else {
                waiting.reply().complete(refused(unfit));
            }
        }
        for (Waiting waiting : packs.offerAll(fit)) {
            waiting.reply()
                    .complete(refused(new Refusal.Busy(packs.queued(), limits.waitingMax())));
        }
        if (packs.isClosed()) {
            fit.stream()
                    .filter(packs::remove)
                    .forEach(w -> w.reply().complete(refused(new Refusal.Closed())));
        }
        return all.stream().map(this::await).toList();
    }

    private @Nullable Refusal unfit(Command command) {
        // Of what is too large it is told that first: clients can do something about it.
        int bytes = command.getSerializedSize();
        if (bytes > limits.batchBytesMax()) {
            return new Refusal.TooLarge(bytes, limits.batchBytesMax());
        }
        String refusal = check.refusal(command);
        return refusal == null ? null : new Refusal.Rejected(refusal);
    }

    private Reply<Outcome> refused(Refusal refusal) {
        metrics.refused(refusal);
        return new Reply.Refused<>(refusal);
    }

    /** Refuses new commands, finishes what waits within the deadline. */
    @Override
    public void close() {
        packs.close();
        try {
            long deadline =
                    System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(limits.deadlineMillis());
            for (Thread thread : threads) {
                thread.join(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
            }
            packs.awaitNothing(limits.deadlineMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        packs.drain().forEach(w -> answer(w, new Reply.Refused<>(new Refusal.Closed())));
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
        Packs.Pack pack = packs.next(null);
        while (pack != null) {
            submit(pack);
            pack = packs.next(pack);
        }
    }

    private void submit(Packs.Pack pack) {
        List<Waiting> batch = pack.commands();
        metrics.batch(batch.size(), packs.queued());
        long deadlineNanos =
                System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(limits.deadlineMillis());
        Result result;
        try {
            result =
                    pack.sink()
                            .submit(batch.stream().map(Waiting::command).toList(), deadlineNanos);
            if (result instanceof Result.Done done && done.outcomes().size() != batch.size()) {
                throw new IllegalStateException(
                        done.outcomes().size() + " outcomes for " + batch.size());
            }
        } catch (RuntimeException e) {
            LOG.error("The task store failed to take {} commands", batch.size(), e);
            result = new Result.Failed(new Refusal.Indeterminate(String.valueOf(e.getMessage())));
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
}
