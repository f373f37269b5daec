package io.miroir.fanout.lane;

import io.miroir.api.ApiException;
import io.miroir.api.Json;
import io.miroir.cluster.IndexView;
import io.miroir.core.quorum.Quorum;
import io.miroir.core.topology.ShardSet;
import io.miroir.fanout.spool.Spooler;
import io.miroir.store.ReadLevel;
import io.miroir.store.Refusal;
import io.miroir.store.Reply;
import io.miroir.store.lane.Bind;
import io.miroir.store.lane.Intend;
import io.miroir.store.lane.Lanes.Binding;
import io.miroir.store.lane.Lanes.Claim;
import io.miroir.store.lane.Lanes.Intention;
import io.miroir.store.task.TaskStatus;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/** The order of one index's changes, while this pod runs it. One change at a time. */
final class Lane {
    private static final Logger LOG = LoggerFactory.getLogger(Lane.class);
    private static final Duration BIND_PAUSE = Duration.ofMillis(200);
    private static final long NOT_CLAIMED = 0;

    private final String name;
    private final LaneContext context;
    private final ItemFactory items;
    private final Dispatcher dispatcher;
    private final TaskFollower follower;
    private final Turn turn;
    private volatile long epoch = NOT_CLAIMED;

    Lane(String name, LaneContext context, TaskFollower follower) {
        this.name = name;
        this.context = context;
        this.items = new ItemFactory(context);
        this.dispatcher = new Dispatcher(context.nodes(), context.settings(), follower.numbers());
        this.follower = follower;
        this.turn = new Turn(name, context.settings());
    }

    /**
     * Runs a change when it is its turn.
     *
     * @param ours whether this pod still is to run the lane
     * @return empty if it is not, or was not any more when the store was asked: nothing was sent
     */
    Optional<LaneReply> run(WriteRequest request, Spooler.Received body, BooleanSupplier ours)
            throws IOException, InterruptedException {
        turn.take();
        try {
            return ours.getAsBoolean() ? write(request, body) : Optional.empty();
        } finally {
            turn.leave();
        }
    }

    /**
     * Goes on with what an earlier owner, or this pod before its restart, left.
     *
     * @param ours whether this pod still is to run the lane
     */
    void resume(BooleanSupplier ours) throws InterruptedException {
        turn.take();
        try {
            if (ours.getAsBoolean()) {
                long _ = claim();
            }
        } finally {
            turn.leave();
        }
    }

    /**
     * Makes all nodes have the settings in force: some took others that the rest refused.
     *
     * @param ours whether this pod still is to run the lane
     */
    void restoreSettings(BooleanSupplier ours) throws InterruptedException {
        turn.take();
        try {
            if (!ours.getAsBoolean()) {
                return;
            }
            long _ = claim();
            Optional<IndexView> index = context.view().index(name);
            if (index.isPresent()) {
                new SettingsRestore(context, follower).run(index.get());
            }
        } finally {
            turn.leave();
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

    /** Writes that wait for their turn. */
    int waiting() {
        return turn.waiting();
    }

    /** True if this pod has claimed the lane and was not fenced since. */
    boolean claimed() {
        return epoch != NOT_CLAIMED;
    }

    /** Another pod runs the lane from now on. */
    void release() {
        epoch = NOT_CLAIMED;
        follower.forget(name);
    }

    /** The journey of a write (protocol, rules 1 to 3). */
    private Optional<LaneReply> write(WriteRequest request, Spooler.Received body)
            throws IOException, InterruptedException {
        // Kept for the whole write: the keeper may let the lane go in the middle of it, and what
        // was begun under an epoch must be found, and is bound, under that epoch.
        long mine = claim();
        Optional<IndexView> index = context.view().index(name);
        try (Item item = items.prepare(request, index, body.body())) {
            requireQuorum(item);
            switch (intend(request, item, mine, body.sha256())) {
                case Intention.Intended intended -> {
                    Place place =
                            new Place(name, mine, intended.position(), intended.incarnation());
                    return dispatch(item, place);
                }
                case Intention.AlreadyBound known -> {
                    return Optional.of(alreadyBound(known.taskUid()));
                }
                case Intention.KeyReused _ -> throw LaneErrors.keyReused();
                case Intention.Pending _, Intention.Fenced _ -> {
                    release();
                    return Optional.empty();
                }
                case Intention.Full full ->
                        throw LaneErrors.overloaded(
                                "The task store holds as many " + full.what() + " as it may.");
            }
        }
    }

    private Optional<LaneReply> dispatch(Item item, Place place) throws InterruptedException {
        try {
            return settle(item, place, dispatcher.send(item, place));
        } catch (ApiException told) {
            throw told;
        } catch (RuntimeException | InterruptedException undecided) {
            // Some nodes may have it and others not: the next claim finds the intent and settles
            // it. A write that passed it by would find replicas that are not equal.
            release();
            throw undecided;
        }
    }

    /** The epoch under which this pod runs the lane. */
    private long claim() throws InterruptedException {
        long known = epoch;
        if (known != NOT_CLAIMED) {
            return known;
        }
        Reply<Claim> reply = context.store().lanes().claim(name, context.podId());
        long claimed =
                switch (reply.orThrow()) {
                    case Claim.Claimed won -> won.epoch();
                    case Claim.Full _ -> throw LaneErrors.overloaded("There are too many lanes.");
                };
        requireSeen(reply);
        new LaneResume(context, dispatcher, follower).run(name, claimed);
        epoch = claimed;
        return claimed;
    }

    private static void requireQuorum(Item item) {
        switch (item.scope().before()) {
            case Quorum.Met _ -> {}
            case Quorum.Lost lost -> throw LaneErrors.noQuorum(lost.shards());
        }
    }

    private Intention intend(WriteRequest request, Item item, long mine, String bodySha256)
            throws InterruptedException {
        boolean remembers = !context.settings().idempotencyTtl().isZero();
        String key = remembers ? request.parameter(WriteRequest.IDEMPOTENCY_KEY) : null;
        Reply<Intention> reply =
                context.store()
                        .lanes()
                        .intend(
                                new Intend(
                                        name,
                                        mine,
                                        request.operation().wireName(),
                                        name,
                                        request.fingerprint(bodySha256),
                                        key,
                                        key == null ? 0 : ttlMicros(),
                                        null,
                                        item.scope().incarnation(),
                                        List.copyOf(item.scope().plan().targets().keySet()),
                                        item.scope().shards().stream().boxed().toList()));
        if (reply instanceof Reply.Refused<Intention> refused
                && refused.refusal() instanceof Refusal.Indeterminate) {
            // It may be in the log: the next claim finds and settles it.
            release();
        }
        Intention intention = reply.orThrow();
        requireSeen(reply);
        return intention;
    }

    private long ttlMicros() {
        return TimeUnit.MILLISECONDS.toMicros(context.settings().idempotencyTtl().toMillis());
    }

    /** Decides what the nodes' answers mean, and makes it known in one command. */
    private Optional<LaneReply> settle(Item item, Place place, Map<String, Sent> sent)
            throws InterruptedException {
        if (item.isLocal()) {
            return bind(item, item.details(), place, sent, Map.of());
        }
        Map<String, ShardSet> out = Divergence.of(item.scope().replicas(), Accounts.has(sent));
        return switch (item.scope().after(sent)) {
            case Quorum.Met met -> {
                Optional<LaneReply> reply = bind(item, touching(item), place, sent, out);
                yield met.degraded().isEmpty()
                        ? reply
                        : reply.map(bound -> Accounts.degraded(bound, met.degraded()));
            }
            case Quorum.Lost lost -> throw lost(item, place, sent, out, lost.shards());
        };
    }

    // Decided anew on the states that the store refused it for; what is in sync only gets less.
    private Optional<LaneReply> settleAnew(Item item, Place place, Map<String, Sent> sent)
            throws InterruptedException {
        Scope before = item.scope();
        Scope now =
                context.view()
                        .index(name)
                        .filter(view -> view.row().incarnation() == place.incarnation())
                        .map(before::stillInSync)
                        .orElse(before);
        if (now.equals(before)) {
            // This pod does not see yet what the store sees: the next claim settles it.
            release();
            throw LaneErrors.indeterminate("Replicas went out during the write.");
        }
        return settle(item.within(now), place, sent);
    }

    private static Details touching(Item item) {
        Scope scope = item.scope();
        return item.details().touching(scope.shards(), scope.topology().shards());
    }

    private ApiException lost(
            Item item,
            Place place,
            Map<String, Sent> sent,
            Map<String, ShardSet> out,
            ShardSet lost)
            throws InterruptedException {
        boolean nothing =
                sent.values().stream()
                        .allMatch(s -> s instanceof Sent.Refused || s instanceof Sent.Absent);
        boolean creates = item.details().creates();
        if (nothing || creates) {
            Reply<?> ended =
                    context.store()
                            .lanes()
                            .abandon(name, place.epoch(), place.position(), "no quorum");
            if (ended instanceof Reply.Refused<?>) {
                // The intent may be open still: the next claim finds and settles it.
                release();
            }
            if (creates) {
                new LaneResume(context, dispatcher, follower).dropPhysical(place.incarnation());
            }
            return Accounts.refusal(sent, place).orElseGet(() -> LaneErrors.nobodyTook(lost));
        }
        ApiException indeterminate = LaneErrors.takenInPart(lost);
        // Bound all the same: the replicas that are read from here on are equal.
        Details failing = touching(item).failing(indeterminate.toJson());
        bind(item, failing, place, sent, out);
        return indeterminate;
    }

    /** Empty if the lane's new owner gave the write up before any of it could be seen. */
    private Optional<LaneReply> bind(
            Item item,
            Details details,
            Place place,
            Map<String, Sent> sent,
            Map<String, ShardSet> out)
            throws InterruptedException {
        Map<String, Long> accepted = Accounts.accepted(sent);
        ObjectNode error = details.error();
        boolean ended = accepted.isEmpty() && error != null;
        Details kept = ended ? details.finished(Completion.visibleFailure(details)) : details;
        Bind bind =
                new Bind(
                        name,
                        place.epoch(),
                        place.position(),
                        item.type(),
                        kept.stored(),
                        accepted,
                        error == null ? Accounts.numbers(item.scope().accepted(sent)) : Map.of(),
                        Accounts.reasons(out, sent),
                        Accounts.numbers(out),
                        ended ? TaskStatus.FAILED : null,
                        accepted.isEmpty() && error != null ? Json.text(error) : null,
                        item.effects().of(place, out));
        return switch (bindSurely(bind)) {
            case Binding.Bound bound -> {
                if (!ended) {
                    follower.follow(
                            new Tracked(
                                    bound.taskUid(),
                                    place,
                                    item.type(),
                                    details,
                                    accepted,
                                    place.metadata()));
                }
                yield Optional.of(
                        new LaneReply(
                                bound.taskUid(),
                                name,
                                item.type(),
                                bound.enqueuedAt(),
                                details.customMetadata(),
                                Map.of()));
            }
            case Binding.Fenced fenced -> {
                LOG.warn("lane {} was taken over by {} during a write", name, fenced.owner());
                release();
                yield new LateWrite(context).takenOver(item, place, accepted.keySet());
            }
            case Binding.StatesChanged _ -> settleAnew(item, place, sent);
            case Binding.NotIntended _ -> {
                release();
                throw LaneErrors.changedHands();
            }
        };
    }

    // Nodes have the write: giving up now would leave it without a task, so the store is asked
    // again for as long as a client may wait.
    private Binding bindSurely(Bind bind) throws InterruptedException {
        long giveUpNanos = System.nanoTime() + context.settings().sendTimeout().toNanos();
        while (true) {
            switch (context.store().lanes().bind(bind)) {
                case Reply.Applied<Binding> applied -> {
                    if (!seen(applied)) {
                        // It is bound, and said so; only the next write must not go on from here.
                        release();
                    }
                    return applied.outcome();
                }
                case Reply.Refused<Binding> refused -> {
                    boolean late = System.nanoTime() > giveUpNanos;
                    if (late || !mayPass(refused.refusal())) {
                        LOG.warn("no bind in lane {}: {}", name, refused.refusal().message());
                        release();
                        throw LaneErrors.indeterminate("The task store does not answer.");
                    }
                    Thread.sleep(BIND_PAUSE);
                }
            }
        }
    }

    private static boolean mayPass(Refusal refusal) {
        return switch (refusal) {
            case Refusal.Busy _, Refusal.Unavailable _, Refusal.Indeterminate _ -> true;
            case Refusal.TooLarge _, Refusal.Closed _, Refusal.Deposed _, Refusal.Rejected _ ->
                    false;
        };
    }

    private boolean seen(Reply.Applied<?> applied) throws InterruptedException {
        return context.view().await(applied.index(), context.settings().storeTimeout());
    }

    // What the lane does next must see what this command did.
    private void requireSeen(Reply<?> reply) throws InterruptedException {
        if (reply instanceof Reply.Applied<?> applied && !seen(applied)) {
            release();
            throw LaneErrors.overloaded("This pod lags behind the task store.");
        }
    }

    private LaneReply alreadyBound(long taskUid) {
        return context.store()
                .tasks()
                .get(ReadLevel.LINEARIZABLE, taskUid)
                .map(row -> LaneReply.of(name, row))
                .orElseThrow(() -> LaneErrors.indeterminate("The task is gone."));
    }
}
