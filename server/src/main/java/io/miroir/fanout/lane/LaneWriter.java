package io.miroir.fanout.lane;

import io.miroir.api.ApiException;
import io.miroir.api.IndexUid;
import io.miroir.cluster.IndexView;
import io.miroir.core.quorum.Quorum;
import io.miroir.store.ReadLevel;
import io.miroir.store.Refusal;
import io.miroir.store.Reply;
import io.miroir.store.StoreUnavailableException;
import io.miroir.store.lane.Intend;
import io.miroir.store.lane.Lanes.Intention;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Writes of a lane whose turn it is: intended, sent to the nodes, bound (protocol, rules 1 to 3 and
 * 6). Each is answered; none is sent of which nodes could refuse a part.
 */
final class LaneWriter {
    private final String lane;
    private final LaneContext context;
    private final LaneClaim claim;
    private final ItemFactory items;
    private final Dispatcher dispatcher;
    private final Apart apart;
    private final Binder binder;

    LaneWriter(
            String lane,
            LaneContext context,
            LaneClaim claim,
            Dispatcher dispatcher,
            Apart apart,
            TaskFollower follower) {
        this.lane = lane;
        this.context = context;
        this.claim = claim;
        this.items = new ItemFactory(context);
        this.dispatcher = dispatcher;
        this.apart = apart;
        this.binder = new Binder(lane, context, claim, apart, follower);
    }

    /** A write that can be intended. */
    private record Ready(Waiting write, Item item) {}

    /**
     * The journey of writes that share a turn.
     *
     * @param mine the epoch of the claim under which the turn began. What was begun under it is
     *     bound under it, also where the keeper lets the lane go meanwhile
     * @return those that were not begun when the claim was given up: what was left must be settled
     *     before they pass it by
     */
    List<Waiting> write(List<Waiting> writes, long mine) throws InterruptedException {
        Passage passage = new Passage(lane, context);
        List<Waiting> left = writes;
        while (!left.isEmpty() && claim.isHeld(mine)) {
            Optional<IndexView> index = context.view().index(lane);
            // The first documents make the index, or choose its key: the next must see that.
            boolean keyed = index.map(view -> view.row().primaryKey()).isPresent();
            int together = keyed ? left.size() : 1;
            List<Waiting> again = write(left.subList(0, together), index, mine);
            boolean barred = !again.isEmpty();
            again.addAll(left.subList(together, left.size()));
            left = again;
            if (barred) {
                // The lane's name moves to another index, or did: they are made anew.
                passage.await();
            }
        }
        return left;
    }

    /** Answers those that come before a barrier, and gives those back that come behind it. */
    private List<Waiting> write(List<Waiting> writes, Optional<IndexView> index, long mine)
            throws InterruptedException {
        List<Ready> ready = new ArrayList<>();
        try {
            writes.forEach(write -> prepare(write, index).ifPresent(ready::add));
            List<Waiting> barred = new ArrayList<>();
            List<Member> members = ready.isEmpty() ? List.of() : intend(ready, mine, barred);
            dispatch(members);
            return barred;
        } finally {
            ready.forEach(one -> one.item().close());
        }
    }

    private Optional<Ready> prepare(Waiting write, Optional<IndexView> index) {
        try {
            requireNoAlias(index);
            requireThawed(write.request(), index);
            Item item = items.prepare(write.request(), index, write.body().body());
            if (item.scope().before() instanceof Quorum.Lost lost) {
                item.close();
                throw LaneErrors.noQuorum(lost.shards());
            }
            return Optional.of(new Ready(write, item));
        } catch (IOException | RuntimeException refused) {
            write.fail(refused);
            return Optional.empty();
        }
    }

    // It came here before the alias was made. The client asks again, and is led to its target.
    private void requireNoAlias(Optional<IndexView> index) {
        if (index.isEmpty() && context.view().alias(lane).isPresent()) {
            throw IndexUid.aliased(lane);
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

    /** Gives each its place, in one command for all; answers those that get none. */
    private List<Member> intend(List<Ready> ready, long mine, List<Waiting> barred)
            throws InterruptedException {
        List<Reply<Intention>> replies =
                context.store()
                        .lanes()
                        .intendAll(ready.stream().map(one -> command(one, mine)).toList());
        boolean unclear = replies.stream().anyMatch(LaneWriter::isIndeterminate);
        if (unclear) {
            // It may be in the log: the next claim finds and settles it.
            claim.release();
        }
        for (Reply<Intention> reply : replies) {
            claim.requireSeen(reply);
        }
        List<Member> members = new ArrayList<>();
        for (int i = 0; i < ready.size(); i++) {
            Ready one = ready.get(i);
            try {
                place(one, replies.get(i).orThrow(), mine, barred)
                        .map(place -> new Member(one.write(), one.item(), place))
                        .ifPresent(members::add);
            } catch (ApiException | StoreUnavailableException refused) {
                one.write().fail(refused);
            }
        }
        // Should they have gone in two packs, the store decided on their order.
        members.sort(Comparator.comparingLong(member -> member.place().position()));
        return members;
    }

    private static boolean isIndeterminate(Reply<Intention> reply) {
        return reply instanceof Reply.Refused<Intention> refused
                && refused.refusal() instanceof Refusal.Indeterminate;
    }

    private Optional<Place> place(Ready one, Intention intention, long mine, List<Waiting> barred) {
        return switch (intention) {
            case Intention.Intended intended ->
                    Optional.of(new Place(lane, mine, intended.position(), intended.incarnation()));
            case Intention.AlreadyBound known -> {
                one.write().tell(Optional.of(alreadyBound(known.taskUid())));
                yield Optional.empty();
            }
            case Intention.KeyReused _ -> throw LaneErrors.keyReused();
            case Intention.Pending _, Intention.Fenced _ -> {
                claim.release();
                one.write().tell(Optional.empty());
                yield Optional.empty();
            }
            case Intention.Full full ->
                    throw LaneErrors.overloaded(
                            "The task store holds as many " + full.what() + " as it may.");
            case Intention.Barred _, Intention.IndexChanged _ -> {
                barred.add(one.write());
                yield Optional.empty();
            }
        };
    }

    private Intend command(Ready one, long mine) {
        WriteRequest request = one.write().request();
        Item item = one.item();
        boolean remembers = !context.settings().idempotencyTtl().isZero();
        String key = remembers ? request.parameter(WriteRequest.IDEMPOTENCY_KEY) : null;
        Intend intend =
                new Intend(
                        lane,
                        mine,
                        request.operation().wireName(),
                        item.isOfOneIndex() ? lane : "",
                        request.fingerprint(one.write().body().sha256()),
                        key,
                        key == null ? 0 : ttlMicros(),
                        request.parameter(WriteRequest.SESSION),
                        item.scope().incarnation(),
                        List.copyOf(item.scope().plan().recipients()),
                        item.scope().shards().stream().boxed().toList());
        return intend.choosing(item.details().chosenKey());
    }

    private long ttlMicros() {
        return TimeUnit.MILLISECONDS.toMicros(context.settings().idempotencyTtl().toMillis());
    }

    private LaneReply alreadyBound(long taskUid) {
        return context.store()
                .tasks()
                .get(ReadLevel.LINEARIZABLE, taskUid)
                .map(row -> LaneReply.of(row).deduplicated())
                .orElseThrow(() -> LaneErrors.indeterminate("The task is gone."));
    }

    private void dispatch(List<Member> members) throws InterruptedException {
        try {
            List<Shipment> shipments =
                    Shipment.of(members, context.settings().merging().documentsMax());
            apart.sending(members);
            binder.bind(shipments, dispatcher.send(shipments));
        } catch (RuntimeException | InterruptedException undecided) {
            // Some nodes may have it and others not: the next claim finds the intents and settles
            // them. A write that passed them by would find replicas that are not equal.
            claim.release();
            throw undecided;
        }
    }
}
