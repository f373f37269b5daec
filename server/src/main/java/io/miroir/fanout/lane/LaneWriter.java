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
import io.miroir.store.lane.Lanes.Intention;
import io.miroir.store.task.TaskStatus;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A write in its lane whose turn it is: intended, sent to the nodes, bound (protocol, rules 1 to
 * 3).
 */
final class LaneWriter {
    private static final Logger LOG = LoggerFactory.getLogger(LaneWriter.class);
    private static final Duration BIND_PAUSE = Duration.ofMillis(200);

    private final String lane;
    private final LaneContext context;
    private final LaneClaim claim;
    private final ItemFactory items;
    private final Dispatcher dispatcher;
    private final TaskFollower follower;

    LaneWriter(
            String lane,
            LaneContext context,
            LaneClaim claim,
            Dispatcher dispatcher,
            TaskFollower follower) {
        this.lane = lane;
        this.context = context;
        this.claim = claim;
        this.items = new ItemFactory(context);
        this.dispatcher = dispatcher;
        this.follower = follower;
    }

    /**
     * The journey of a write.
     *
     * @return empty if another pod runs the lane: nothing was sent
     */
    Optional<LaneReply> write(WriteRequest request, Spooler.Received body)
            throws IOException, InterruptedException {
        // Kept for the whole write: the keeper may let the lane go in the middle of it, and what
        // was begun under an epoch must be found, and is bound, under that epoch.
        long mine = claim.take();
        Passage passage = new Passage(lane, context);
        while (true) {
            Optional<IndexView> index = context.view().index(lane);
            requireThawed(request, index);
            try (Item item = items.prepare(request, index, body.body())) {
                requireQuorum(item);
                switch (intend(request, item, mine, body.sha256())) {
                    case Intention.Intended intended -> {
                        Place place =
                                new Place(lane, mine, intended.position(), intended.incarnation());
                        return dispatch(item, place);
                    }
                    case Intention.AlreadyBound known -> {
                        return Optional.of(alreadyBound(known.taskUid()));
                    }
                    case Intention.KeyReused _ -> throw LaneErrors.keyReused();
                    case Intention.Pending _, Intention.Fenced _ -> {
                        claim.release();
                        return Optional.empty();
                    }
                    case Intention.Full full ->
                            throw LaneErrors.overloaded(
                                    "The task store holds as many " + full.what() + " as it may.");
                    // The lane's name moves to another index, or did: the item is made anew.
                    case Intention.Barred _, Intention.IndexChanged _ -> {}
                }
            }
            passage.await();
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
            claim.release();
            throw undecided;
        }
    }

    // Other settings may mend it, and an index may always go.
    private void requireThawed(WriteRequest request, Optional<IndexView> index) {
        String frozen = index.map(view -> view.row().standing().frozen()).orElse(null);
        boolean mends =
                request.operation() == Operation.SETTINGS_UPDATE
                        || request.operation() == Operation.INDEX_DELETE;
        if (frozen != null && !mends) {
            throw LaneErrors.frozen(lane, frozen);
        }
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
                                        lane,
                                        mine,
                                        request.operation().wireName(),
                                        item.isOfOneIndex() ? lane : "",
                                        request.fingerprint(bodySha256),
                                        key,
                                        key == null ? 0 : ttlMicros(),
                                        null,
                                        item.scope().incarnation(),
                                        List.copyOf(item.scope().plan().recipients()),
                                        item.scope().shards().stream().boxed().toList()));
        if (reply instanceof Reply.Refused<Intention> refused
                && refused.refusal() instanceof Refusal.Indeterminate) {
            // It may be in the log: the next claim finds and settles it.
            claim.release();
        }
        Intention intention = reply.orThrow();
        claim.requireSeen(reply);
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
        Map<String, ShardSet> out =
                item.changesNoReplica()
                        ? Map.of()
                        : Divergence.of(
                                item.scope().replicas(),
                                item.scope().lagging(),
                                Accounts.has(sent));
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
                        .index(lane)
                        .filter(view -> view.row().incarnation() == place.incarnation())
                        .map(before::stillInSync)
                        .orElse(before);
        if (now.equals(before)) {
            // This pod does not see yet what the store sees: the next claim settles it.
            claim.release();
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
                            .abandon(lane, place.epoch(), place.position(), "no quorum");
            if (ended instanceof Reply.Refused<?>) {
                // The intent may be open still: the next claim finds and settles it.
                claim.release();
            }
            if (creates) {
                LaneResume.dropPhysical(context, place.incarnation());
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
        Map<String, Long> accepted = Accounts.accepted(item.scope(), sent);
        ObjectNode error = details.error();
        boolean ended = accepted.isEmpty() && error != null;
        Details kept = ended ? details.finished(Completion.visibleFailure(details)) : details;
        Bind bind =
                new Bind(
                        lane,
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
                                item.isOfOneIndex() ? lane : null,
                                item.type(),
                                bound.enqueuedAt(),
                                details.customMetadata(),
                                Map.of()));
            }
            case Binding.Fenced fenced -> {
                LOG.warn("lane {} was taken over by {} during a write", lane, fenced.owner());
                claim.release();
                yield new LateWrite(context).takenOver(item, place, accepted.keySet());
            }
            case Binding.StatesChanged _ -> settleAnew(item, place, sent);
            case Binding.NotIntended _ -> {
                claim.release();
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
                    if (!context.sees(applied)) {
                        // It is bound, and said so; only the next write must not go on from here.
                        claim.release();
                    }
                    return applied.outcome();
                }
                case Reply.Refused<Binding> refused -> {
                    boolean late = System.nanoTime() > giveUpNanos;
                    if (late || !mayPass(refused.refusal())) {
                        LOG.warn("no bind in lane {}: {}", lane, refused.refusal().message());
                        claim.release();
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

    private LaneReply alreadyBound(long taskUid) {
        return context.store()
                .tasks()
                .get(ReadLevel.LINEARIZABLE, taskUid)
                .map(row -> LaneReply.of(row))
                .orElseThrow(() -> LaneErrors.indeterminate("The task is gone."));
    }
}
