package io.miroir.fanout.lane;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.cluster.IndexView;
import io.miroir.core.quorum.Quorum;
import io.miroir.core.topology.ShardSet;
import io.miroir.fanout.spool.Spooler;
import io.miroir.store.ReadLevel;
import io.miroir.store.Refusal;
import io.miroir.store.Reply;
import io.miroir.store.StoreUnavailableException;
import io.miroir.store.lane.Bind;
import io.miroir.store.lane.Intend;
import io.miroir.store.lane.Lanes.Binding;
import io.miroir.store.lane.Lanes.Claim;
import io.miroir.store.lane.Lanes.Intention;
import io.miroir.store.task.TaskRow;
import io.miroir.store.task.TaskStatus;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
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
    private final ReentrantLock turn = new ReentrantLock(true);
    private volatile long epoch = NOT_CLAIMED;

    Lane(String name, LaneContext context, TaskFollower follower) {
        this.name = name;
        this.context = context;
        this.items = new ItemFactory(context);
        this.dispatcher = new Dispatcher(context.nodes(), context.settings());
        this.follower = follower;
    }

    /**
     * Runs a change when it is its turn.
     *
     * @param ours whether this pod still is to run the lane
     * @return empty if it is not, or was not any more when the store was asked: nothing was sent
     */
    Optional<LaneReply> run(WriteRequest request, Spooler.Received body, BooleanSupplier ours)
            throws IOException, InterruptedException {
        takeTurn();
        try {
            return ours.getAsBoolean() ? write(request, body) : Optional.empty();
        } finally {
            turn.unlock();
        }
    }

    /** Goes on with what an earlier owner, or this pod before its restart, left. */
    void resume() throws InterruptedException {
        takeTurn();
        try {
            claim();
        } finally {
            turn.unlock();
        }
    }

    /** Makes all nodes have the settings in force: some took others that the rest refused. */
    void restoreSettings() throws InterruptedException {
        takeTurn();
        try {
            claim();
            context.view()
                    .index(name)
                    .ifPresent(new LaneResume(context, dispatcher, follower)::restoreSettings);
        } finally {
            turn.unlock();
        }
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
        claim();
        Optional<IndexView> index = context.view().index(name);
        try (Item item = items.prepare(request, index, body.body())) {
            requireQuorum(item);
            switch (intend(request, item, body.sha256())) {
                case Intention.Intended intended -> {
                    Place place =
                            new Place(name, epoch, intended.position(), intended.incarnation());
                    Map<String, Sent> sent = dispatcher.send(item, place);
                    return Optional.of(settle(item, place, sent));
                }
                case Intention.AlreadyBound known -> {
                    return Optional.of(alreadyBound(known.taskUid()));
                }
                case Intention.KeyReused _ -> throw keyReused();
                case Intention.Pending _, Intention.Fenced _ -> {
                    release();
                    return Optional.empty();
                }
                case Intention.Full full ->
                        throw overloaded(
                                "The task store holds as many " + full.what() + " as it may.");
            }
        }
    }

    private void takeTurn() throws InterruptedException {
        long waitMillis = context.settings().turnTimeout().toMillis();
        boolean full = turn.getQueueLength() >= LaneSettings.WAITING_MAX;
        if (full || !turn.tryLock(waitMillis, TimeUnit.MILLISECONDS)) {
            throw overloaded("Too many writes wait for index `" + name + "`.");
        }
    }

    private void claim() throws InterruptedException {
        if (claimed()) {
            return;
        }
        Reply<Claim> reply = context.store().lanes().claim(name, context.podId());
        long claimed =
                switch (reply.orThrow()) {
                    case Claim.Claimed won -> won.epoch();
                    case Claim.Full _ -> throw overloaded("There are too many lanes.");
                };
        seen(reply);
        new LaneResume(context, dispatcher, follower).run(name, claimed);
        epoch = claimed;
    }

    private static void requireQuorum(Item item) {
        switch (item.scope().before()) {
            case Quorum.Met _ -> {}
            case Quorum.Lost lost ->
                    throw new ApiException(
                            ErrorCode.MIROIR_NO_QUORUM,
                            "No replica group has a quorum of nodes for shards "
                                    + lost.shards()
                                    + ". Nothing was written.");
        }
    }

    private Intention intend(WriteRequest request, Item item, String sha256)
            throws InterruptedException {
        String key = request.parameter(WriteRequest.IDEMPOTENCY_KEY);
        Reply<Intention> reply =
                context.store()
                        .lanes()
                        .intend(
                                new Intend(
                                        name,
                                        epoch,
                                        request.operation().wireName(),
                                        name,
                                        sha256,
                                        key,
                                        key == null ? 0 : ttlMicros(),
                                        null,
                                        item.scope().incarnation(),
                                        List.copyOf(item.scope().plan().targets().keySet())));
        if (reply instanceof Reply.Refused<Intention> refused
                && refused.refusal() instanceof Refusal.Indeterminate) {
            // It may be in the log: the next claim finds and settles it.
            release();
        }
        Intention intention = reply.orThrow();
        seen(reply);
        return intention;
    }

    private long ttlMicros() {
        return TimeUnit.MILLISECONDS.toMicros(context.settings().idempotencyTtl().toMillis());
    }

    /** Decides what the nodes' answers mean, and makes it known in one command. */
    private LaneReply settle(Item item, Place place, Map<String, Sent> sent)
            throws InterruptedException {
        if (item.isLocal()) {
            return bind(item, item.details(), place, sent, Map.of());
        }
        Map<String, ShardSet> out = Divergence.of(item.scope().replicas(), Accounts.has(sent));
        return switch (item.scope().after(sent)) {
            case Quorum.Met met -> {
                LaneReply reply = bind(item, touching(item), place, sent, out);
                yield met.degraded().isEmpty() ? reply : Accounts.degraded(reply, met.degraded());
            }
            case Quorum.Lost lost -> throw lost(item, place, sent, out, lost.shards());
        };
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
            Reply<?> _ =
                    context.store().lanes().abandon(name, epoch, place.position(), "no quorum");
            if (creates) {
                new LaneResume(context, dispatcher, follower).dropPhysical(place.incarnation());
            }
            return refusal(sent, place)
                    .orElseGet(
                            () ->
                                    new ApiException(
                                            ErrorCode.MIROIR_NO_QUORUM,
                                            "No replica group took shards "
                                                    + lost
                                                    + ". Nothing was written."));
        }
        ApiException indeterminate =
                new ApiException(
                        ErrorCode.MIROIR_INDETERMINATE,
                        "No replica group took all of the write: shards "
                                + lost
                                + " lack it. It may have taken effect in part.");
        // Bound all the same: the replicas that are read from here on are equal.
        Details failing = touching(item).failing(indeterminate.toJson());
        bind(item, failing, place, sent, out);
        return indeterminate;
    }

    private Optional<ApiException> refusal(Map<String, Sent> sent, Place place) {
        return sent.values().stream()
                .filter(Sent.Refused.class::isInstance)
                .map(s -> ClientWords.of(((Sent.Refused) s).error(), place.physicalUid(), name))
                .map(WireErrors::toException)
                .findFirst();
    }

    private LaneReply bind(
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
                        epoch,
                        place.position(),
                        item.type(),
                        kept.stored(),
                        accepted,
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
                yield new LaneReply(
                        bound.taskUid(),
                        name,
                        item.type(),
                        bound.enqueuedAt(),
                        details.customMetadata(),
                        Map.of());
            }
            case Binding.Fenced fenced -> {
                LOG.warn("lane {} was taken over by {} during a write", name, fenced.owner());
                release();
                new LateWrite(context).report(place, item.scope().replicas(), accepted.keySet());
                throw indeterminate();
            }
            case Binding.NotIntended _ -> {
                release();
                throw indeterminate();
            }
        };
    }

    // Nodes have the write: giving up now would leave it without a task, so the store is asked
    // again for as long as a client may wait.
    private Binding bindSurely(Bind bind) throws InterruptedException {
        long giveUpNanos = System.nanoTime() + context.settings().sendTimeout().toNanos();
        while (true) {
            Reply<Binding> reply = context.store().lanes().bind(bind);
            switch (reply) {
                case Reply.Applied<Binding> applied -> {
                    seen(reply);
                    return applied.outcome();
                }
                case Reply.Refused<Binding> refused -> {
                    if (System.nanoTime() > giveUpNanos) {
                        release();
                        throw new StoreUnavailableException(refused.refusal());
                    }
                    Thread.sleep(BIND_PAUSE);
                }
            }
        }
    }

    // The next write of the lane must see what this one did.
    private void seen(Reply<?> reply) throws InterruptedException {
        if (reply instanceof Reply.Applied<?> applied
                && !context.view().await(applied.index(), context.settings().storeTimeout())) {
            release();
            throw overloaded("This pod lags behind the task store.");
        }
    }

    private LaneReply alreadyBound(long taskUid) {
        TaskRow row =
                context.store()
                        .tasks()
                        .get(ReadLevel.LINEARIZABLE, taskUid)
                        .orElseThrow(Lane::indeterminate);
        return new LaneReply(
                row.uid(),
                name,
                row.type(),
                row.dates().enqueuedAt(),
                Details.parse(row.detailsJson()).customMetadata(),
                Map.of());
    }

    private static ApiException overloaded(String why) {
        return new ApiException(ErrorCode.MIROIR_OVERLOADED, why + " Nothing was written.");
    }

    private static ApiException indeterminate() {
        return new ApiException(
                ErrorCode.MIROIR_INDETERMINATE,
                "The index changed hands during the write. It may have taken effect.");
    }

    private static ApiException keyReused() {
        return new ApiException(
                ErrorCode.MIROIR_IDEMPOTENCY_KEY_REUSED,
                "The idempotency key came with another body before.");
    }
}
