package io.miroir.fanout.lane;

import io.miroir.api.Json;
import io.miroir.cluster.IndexView;
import io.miroir.fanout.spool.Spooler;
import io.miroir.store.ReadLevel;
import io.miroir.store.index.IndexRow;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import tools.jackson.databind.node.ObjectNode;

/** The order of one index's changes, while this pod runs it. One turn at a time. */
final class Lane {
    private static final Duration SETTINGS_PAUSE = Duration.ofMillis(20);

    private final String name;
    private final LaneContext context;
    private final TaskFollower follower;
    private final Handover handover;
    private final LaneCounters counters;
    private final LaneQueue queue;
    private final Turn turn = new Turn();
    private final LaneClaim claim;
    private final LaneWriter writer;

    Lane(
            String name,
            LaneContext context,
            TaskFollower follower,
            Handover handover,
            LaneCounters counters) {
        this.name = name;
        this.context = context;
        this.follower = follower;
        this.handover = handover;
        this.counters = counters;
        this.queue = new LaneQueue(name, context.settings(), counters);
        Dispatcher dispatcher =
                new Dispatcher(
                        context.nodes(),
                        context.settings(),
                        follower.numbers(),
                        follower.lateNodes(),
                        counters);
        LaneResume resume = new LaneResume(context, follower);
        this.claim = new LaneClaim(name, context, resume, follower);
        Apart apart = new Apart(context, turn, claim, dispatcher);
        this.writer = new LaneWriter(name, context, claim, dispatcher, apart, follower);
    }

    /**
     * Runs a change when it is its turn, which it may share.
     *
     * @param ours whether this pod still is to run the lane
     * @return empty if it is not, or was not any more when the store was asked: nothing was sent
     */
    Optional<LaneReply> run(WriteRequest request, Spooler.Received body, BooleanSupplier ours)
            throws IOException, InterruptedException {
        long giveUpNanos = System.nanoTime() + context.settings().turnTimeout().toNanos();
        while (true) {
            switch (answer(new Waiting(request, body, ours))) {
                case Waiting.Answer.Told told -> {
                    return Optional.of(told.reply());
                }
                case Waiting.Answer.Elsewhere _ -> {
                    return Optional.empty();
                }
                case Waiting.Answer.Later _ -> {}
            }
            if (System.nanoTime() > giveUpNanos) {
                throw LaneErrors.overloaded(
                        "The settings that it depends on are still on their way to the nodes.");
            }
            // Others may go first meanwhile: no client was told of this one yet.
            Thread.sleep(SETTINGS_PAUSE);
        }
    }

    private Waiting.Answer answer(Waiting write) throws IOException, InterruptedException {
        if (queue.add(write)) {
            // On a thread of its own: no client waits for the writes of others.
            Thread.ofVirtual().name("lane-" + name).start(this::work);
        }
        boolean heard = false;
        try {
            Optional<Waiting.Answer> answer = write.await(context.settings().turnTimeout());
            heard = true;
            if (answer.isPresent()) {
                return answer.get();
            }
        } finally {
            if (!heard) {
                queue.withdraw(write);
            }
        }
        if (queue.withdraw(write)) {
            counters.refusedLate().increment();
            throw LaneErrors.overloaded(
                    "The writes that came before on index `" + name + "` last too long.");
        }
        return write.await();
    }

    private void work() {
        do {
            turn.take();
            try {
                run(queue.take());
            } finally {
                turn.leave();
            }
        } while (!queue.workDone());
    }

    private void run(List<Waiting> writes) {
        List<Waiting> left = writes;
        try {
            while (!left.isEmpty()) {
                left = begin(left);
            }
        } catch (RuntimeException | InterruptedException undecided) {
            left.forEach(write -> write.fail(undecided));
        } finally {
            // Nobody may wait for what does not come.
            writes.forEach(write -> write.fail(new IllegalStateException("nobody answered")));
        }
    }

    /** Writes what is this pod's to write; gives back what the claim did not last for. */
    private List<Waiting> begin(List<Waiting> writes) throws InterruptedException {
        List<Waiting> mine = new ArrayList<>();
        for (Waiting write : writes) {
            if (write.isOurs()) {
                mine.add(write);
            } else {
                write.tell(Optional.empty());
            }
        }
        if (mine.isEmpty()) {
            return List.of();
        }
        if (!mayTake(mine.getFirst()::isOurs)) {
            for (Waiting write : mine) {
                write.tell(Optional.empty());
            }
            return List.of();
        }
        // What was left in the lane counts too.
        long epoch = claim.take();
        if (!claim.awaited().isEmpty()) {
            throw LaneErrors.noQuorum(claim.awaited());
        }
        mine.removeIf(this::putOff);
        return writer.write(mine, epoch);
    }

    private boolean mayTake(BooleanSupplier ours) throws InterruptedException {
        return claim.isHeld() || handover.await(name, ours);
    }

    private boolean putOff(Waiting write) {
        boolean later = settingsFirst(write);
        if (later) {
            write.putOff();
        }
        return later;
    }

    private boolean settingsFirst(Waiting write) {
        Optional<IndexRow> index = context.view().index(name).map(IndexView::row);
        ObjectNode coming = index.map(follower::comingSettings).orElse(null);
        return coming != null
                && SettingsOrder.waits(
                        write.request().operation(),
                        Json.parseObject(index.get().settingsJson()),
                        coming);
    }

    /**
     * Goes on with what an earlier owner, or this pod before its restart, left.
     *
     * @param ours whether this pod still is to run the lane
     */
    void resume(BooleanSupplier ours) throws InterruptedException {
        takeTurn();
        try {
            if (ours.getAsBoolean() && mayTake(ours)) {
                long _ = claim.take();
            }
        } finally {
            turn.leave();
        }
    }

    /**
     * Gives the settings in force to nodes that have others. Writes go on meanwhile.
     *
     * @param ours whether this pod still is to run the lane
     */
    void repairSettings(BooleanSupplier ours) throws InterruptedException {
        long mine;
        takeTurn();
        try {
            if (!ours.getAsBoolean() || !mayTake(ours)) {
                return;
            }
            mine = claim.take();
        } finally {
            turn.leave();
        }
        Optional<IndexView> index = context.view().index(name);
        if (index.isPresent()) {
            BooleanSupplier still = () -> ours.getAsBoolean() && claim.isHeld(mine);
            follower.rolls().repair(index.get(), mine, still);
        }
    }

    private void takeTurn() throws InterruptedException {
        if (!turn.take(context.settings().turnTimeout())) {
            throw LaneErrors.overloaded("The writes of index `" + name + "` last too long.");
        }
    }

    /**
     * Does something while no change of the lane begins, and none is between its nodes and its
     * bind.
     *
     * @param ours whether this pod still is to run the lane
     * @return empty if it is not, or the turn did not come
     */
    <T> Optional<T> hold(BooleanSupplier ours, LaneHolder.Held<T> work)
            throws InterruptedException {
        if (!turn.take(context.settings().turnTimeout())) {
            return Optional.empty();
        }
        try {
            return ours.getAsBoolean() && mayTake(ours)
                    ? Optional.of(held(work))
                    : Optional.empty();
        } finally {
            turn.leave();
        }
    }

    private <T> T held(LaneHolder.Held<T> work) throws InterruptedException {
        long epoch = claim.take();
        long sinceNanos = System.nanoTime();
        try {
            return work.run(epoch);
        } finally {
            counters.heldNanos().add(System.nanoTime() - sinceNanos);
        }
    }

    /**
     * Lets the lane go once the change at hand has ended. Nothing may be begun in it any more.
     *
     * @return false if the change lasted longer than {@code patience}
     */
    boolean retire(Duration patience) throws InterruptedException {
        if (!turn.take(patience)) {
            return false;
        }
        try {
            release();
            return true;
        } finally {
            turn.leave();
        }
    }

    /**
     * Lets a lane go that the store has forgotten, unless it is at work.
     *
     * @param drop run while no write can begin; those that wait find the lane gone
     */
    void dropIfForgotten(Runnable drop) {
        if (!turn.takeAtOnce()) {
            return;
        }
        try {
            // Asked in turn: a claim made since would be seen.
            if (context.store().lanes().get(ReadLevel.LOCAL, name).isEmpty()) {
                release();
                drop.run();
            }
        } finally {
            turn.leave();
        }
    }

    /** Writes and others that wait for their turn. */
    int waiting() {
        return queue.size() + turn.waiting();
    }

    /** How long the oldest of them has waited. */
    long oldestNanos() {
        return queue.oldestNanos();
    }

    /** True if this pod has claimed the lane, was not fenced since, and has settled all in it. */
    boolean isSettled() {
        return claim.isHeld() && claim.awaited().isEmpty();
    }

    /**
     * Lets the lane go if another pod ran it since this one claimed it.
     *
     * @param latestEpoch that of its last claim, as the store says
     */
    void releaseIfPast(long latestEpoch) {
        if (claim.isPast(latestEpoch)) {
            release();
        }
    }

    /** Lets the lane go, whoever has the turn. */
    void release() {
        claim.release();
    }
}
