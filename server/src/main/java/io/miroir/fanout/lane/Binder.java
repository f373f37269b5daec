package io.miroir.fanout.lane;

import io.miroir.api.ApiException;
import io.miroir.api.Json;
import io.miroir.cluster.IndexView;
import io.miroir.core.quorum.Quorum;
import io.miroir.core.topology.ShardSet;
import io.miroir.store.Refusal;
import io.miroir.store.Reply;
import io.miroir.store.lane.Bind;
import io.miroir.store.lane.Lanes.Binding;
import io.miroir.store.task.TaskStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Decides what the nodes' answers mean, makes it known, and answers the clients (protocol, rules 2
 * and 3).
 */
final class Binder {
    private static final Logger LOG = LoggerFactory.getLogger(Binder.class);
    private static final Duration BIND_PAUSE = Duration.ofMillis(200);

    private final String lane;
    private final LaneContext context;
    private final LaneClaim claim;
    private final Apart apart;
    private final TaskFollower follower;

    Binder(String lane, LaneContext context, LaneClaim claim, Apart apart, TaskFollower follower) {
        this.lane = lane;
        this.context = context;
        this.claim = claim;
        this.apart = apart;
        this.follower = follower;
    }

    /**
     * What is to be bound of a member.
     *
     * @param details as they are followed
     * @param instead what the client is told, if not the task
     * @param degraded shards of groups that did not take it
     */
    private record Decision(
            Member member,
            Map<String, Sent> sent,
            Bind bind,
            Details details,
            @Nullable ApiException instead,
            Map<Integer, ShardSet> degraded) {}

    /** Makes tasks of what nodes took, in this order and in one command for all. */
    void bind(List<Shipment> shipments, Map<Place, Map<String, Sent>> sent)
            throws InterruptedException {
        List<Decision> decisions = new ArrayList<>();
        Map<Place, Merged> held = new HashMap<>();
        List<Merged> all = new ArrayList<>();
        try {
            for (Shipment shipment : shipments) {
                Optional<Merged> merged = Merged.of(shipment, sent, apart, follower.heldBytes());
                merged.ifPresent(all::add);
                for (Member member : shipment.members()) {
                    merged.ifPresent(some -> held.put(member.place(), some));
                    decide(member, sent.getOrDefault(member.place(), Map.of()))
                            .ifPresent(decisions::add);
                }
            }
            for (Decision decision : decisions) {
                noteDrop(decision);
            }
            List<Reply<Binding>> replies = bindSurely(decisions);
            for (int i = 0; i < decisions.size(); i++) {
                conclude(decisions.get(i), replies.get(i), held);
            }
        } finally {
            all.forEach(Merged::leave);
        }
    }

    /** Nodes that are not known to drop an index with its task are told again by a job. */
    private void noteDrop(Decision decision) throws InterruptedException {
        if (!DropJobs.delete(decision.bind().effects())) {
            return;
        }
        Map<String, Long> followed = decision.bind().accepted();
        if (!followed.keySet().containsAll(context.nodes().ids())) {
            noteDrop(decision.member().place(), decision.sent());
        }
    }

    /** Whether all nodes took it or refused it: so they do with its end. */
    private boolean haveAllAnswered(Map<String, Sent> sent) {
        return context.nodes().ids().stream()
                .map(sent::get)
                .allMatch(what -> what instanceof Sent.Accepted || what instanceof Sent.Refused);
    }

    private void noteDrop(Place place, Map<String, Sent> sent) throws InterruptedException {
        boolean late = sent.values().stream().anyMatch(Sent.Unknown.class::isInstance);
        DropJobs.noteSurely(
                context.store(), place.incarnation(), late, context.settings().sendTimeout());
    }

    /** Empty for a write of which no node has anything: it is answered. */
    private Optional<Decision> decide(Member member, Map<String, Sent> sent)
            throws InterruptedException {
        Item item = member.item();
        if (item.isLocal()) {
            return Optional.of(decision(member, item.details(), sent, Map.of()));
        }
        Map<String, ShardSet> out =
                item.changesNoReplica()
                        ? Map.of()
                        : Divergence.of(
                                item.scope().replicas(),
                                item.scope().lagging(),
                                Divergence.heard(Accounts.has(sent), context::writable));
        return switch (item.scope().after(sent)) {
            case Quorum.Met met -> {
                Decision taken = decision(member, touching(item), sent, out);
                yield Optional.of(
                        new Decision(
                                member,
                                sent,
                                taken.bind(),
                                taken.details(),
                                null,
                                item.scope().degraded(met)));
            }
            case Quorum.Lost lost -> lost(member, sent, out, lost.shards());
        };
    }

    private static Details touching(Item item) {
        Scope scope = item.scope();
        return item.details().touching(scope.shards(), scope.topology().shards());
    }

    private Optional<Decision> lost(
            Member member, Map<String, Sent> sent, Map<String, ShardSet> out, ShardSet lost)
            throws InterruptedException {
        Item item = member.item();
        Place place = member.place();
        boolean nothing =
                sent.values().stream()
                        .allMatch(s -> s instanceof Sent.Refused || s instanceof Sent.Absent);
        boolean creates = item.details().creates();
        if (creates && !haveAllAnswered(sent)) {
            noteDrop(place, sent);
        }
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
            member.write()
                    .fail(
                            Accounts.refusal(sent, place)
                                    .orElseGet(() -> LaneErrors.nobodyTook(lost)));
            return Optional.empty();
        }
        ApiException indeterminate = LaneErrors.takenInPart(lost);
        if (item.details().choosesKey() && Accounts.accepted(item.scope(), sent).isEmpty()) {
            // Nobody knows whether any node has the key: the next claim waits for one that does.
            claim.release();
            member.write().fail(indeterminate);
            return Optional.empty();
        }
        // Bound all the same: the replicas that are read from here on are equal.
        Details failing = touching(item).failing(indeterminate.toJson());
        Decision taken = decision(member, failing, sent, out);
        return Optional.of(
                new Decision(member, sent, taken.bind(), taken.details(), indeterminate, Map.of()));
    }

    private Decision decision(
            Member member, Details details, Map<String, Sent> sent, Map<String, ShardSet> out) {
        Item item = member.item();
        Place place = member.place();
        Map<String, Long> accepted = Accounts.accepted(item.scope(), sent);
        ObjectNode error = details.error();
        boolean ended = accepted.isEmpty() && error != null;
        Details followed =
                accepted.isEmpty()
                        ? details
                        : details.sending(
                                item.scope().sentTo(sent), item.scope().topology().shards());
        Details kept = ended ? details.finished(Completion.visibleFailure(details)) : followed;
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
                        error == null || !ended ? null : Json.text(error),
                        item.effects().of(place, out),
                        item.scope().pinned(sent));
        return new Decision(member, sent, bind, followed, null, Map.of());
    }

    private void conclude(Decision decision, Reply<Binding> reply, Map<Place, Merged> held)
            throws InterruptedException {
        Waiting write = decision.member().write();
        try {
            Optional<LaneReply> told = told(decision, reply, held);
            if (decision.instead() != null) {
                write.fail(decision.instead());
            } else {
                write.tell(told);
            }
        } catch (ApiException refused) {
            write.fail(refused);
        }
    }

    /** Empty if the lane's new owner gave the write up before any of it could be seen. */
    private Optional<LaneReply> told(
            Decision decision, Reply<Binding> reply, Map<Place, Merged> held)
            throws InterruptedException {
        Place place = decision.member().place();
        return switch (bound(reply)) {
            case Binding.Bound bound -> Optional.of(reply(decision, bound, held.get(place)));
            case Binding.Fenced fenced -> {
                LOG.warn("lane {} was taken over by {} during a write", lane, fenced.owner());
                claim.release();
                yield new LateWrite(context)
                        .takenOver(
                                decision.member().item(),
                                place,
                                decision.bind().accepted().keySet());
            }
            case Binding.StatesChanged _ -> decideAnew(decision, held);
            case Binding.NotIntended _ -> {
                claim.release();
                throw LaneErrors.changedHands();
            }
        };
    }

    private Binding bound(Reply<Binding> reply) {
        return switch (reply) {
            case Reply.Applied<Binding> applied -> applied.outcome();
            case Reply.Refused<Binding> refused -> {
                LOG.warn("no bind in lane {}: {}", lane, refused.refusal().message());
                claim.release();
                throw LaneErrors.indeterminate("The task store does not answer.");
            }
        };
    }

    private LaneReply reply(Decision decision, Binding.Bound bound, @Nullable Merged merged) {
        Member member = decision.member();
        Item item = member.item();
        if (decision.bind().terminal() == null) {
            follower.follow(
                    new Tracked(
                            bound.taskUid(),
                            member.place(),
                            item.type(),
                            decision.details(),
                            decision.bind().accepted(),
                            member.place().metadata()),
                    merged);
        }
        LaneReply reply =
                new LaneReply(
                        bound.taskUid(),
                        item.isOfOneIndex() ? lane : null,
                        item.type(),
                        bound.enqueuedAt(),
                        decision.details().customMetadata(),
                        Map.of());
        return decision.degraded().isEmpty()
                ? reply
                : Accounts.degraded(reply, decision.degraded());
    }

    // Decided on the states that the store refused it for; what is in sync only gets less.
    private Optional<LaneReply> decideAnew(Decision decision, Map<Place, Merged> held)
            throws InterruptedException {
        Member member = decision.member();
        Scope before = member.item().scope();
        Scope now =
                context.view()
                        .index(lane)
                        .filter(view -> view.row().incarnation() == member.place().incarnation())
                        .map(before::stillInSync)
                        .orElse(before);
        if (now.equals(before)) {
            // This pod does not see yet what the store sees: the next claim settles it.
            claim.release();
            throw LaneErrors.indeterminate("Replicas went out during the write.");
        }
        Optional<Decision> anew = decide(member.within(now), decision.sent());
        if (anew.isEmpty()) {
            return Optional.empty();
        }
        // Whoever went out meanwhile is followed no more.
        noteDrop(anew.get());
        Optional<LaneReply> told =
                told(anew.get(), bindSurely(List.of(anew.get())).getFirst(), held);
        if (anew.get().instead() != null) {
            throw anew.get().instead();
        }
        return told;
    }

    // Nodes have the writes: giving up now would leave them without tasks, so the store is asked
    // again for as long as a client may wait.
    private List<Reply<Binding>> bindSurely(List<Decision> decisions) throws InterruptedException {
        if (decisions.isEmpty()) {
            return List.of();
        }
        keepUnheard(decisions);
        List<Bind> binds = decisions.stream().map(Decision::bind).toList();
        long giveUpNanos = System.nanoTime() + context.settings().sendTimeout().toNanos();
        while (true) {
            List<Reply<Binding>> replies = context.store().lanes().bindAll(binds);
            boolean again = replies.stream().anyMatch(Binder::mayPass);
            if (!again || System.nanoTime() > giveUpNanos) {
                sees(replies);
                return replies;
            }
            // Those that are bound answer the same task again.
            Thread.sleep(BIND_PAUSE);
        }
    }

    private void keepUnheard(List<Decision> decisions) {
        Place place = decisions.getFirst().member().place();
        boolean anyUnheard =
                decisions.stream()
                        .filter(one -> one.member().item().type().changesDocuments())
                        .flatMap(one -> one.sent().values().stream())
                        .anyMatch(Sent.Unknown.class::isInstance);
        if (anyUnheard) {
            context.view()
                    .index(lane)
                    .map(IndexView::row)
                    .filter(index -> index.incarnation() == place.incarnation())
                    .ifPresent(
                            index ->
                                    Unheard.keep(
                                            context,
                                            index,
                                            decisions.stream().map(Binder::kept).toList()));
        }
    }

    private static Unheard.Write kept(Decision decision) {
        Map<String, ShardSet> kept = new TreeMap<>(decision.member().item().scope().replicas());
        decision.bind()
                .missedShards()
                .forEach(
                        (node, out) ->
                                kept.computeIfPresent(
                                        node, (_, shards) -> shards.andNot(ShardSet.of(out))));
        return new Unheard.Write(decision.member().place().position(), kept, decision.sent());
    }

    private void sees(List<Reply<Binding>> replies) throws InterruptedException {
        for (Reply<Binding> reply : replies) {
            if (reply instanceof Reply.Applied<Binding> applied && !context.sees(applied)) {
                // It is bound, and said so; only the next write must not go on from here.
                claim.release();
            }
        }
    }

    private static boolean mayPass(Reply<Binding> reply) {
        return reply instanceof Reply.Refused<Binding> refused
                && switch (refused.refusal()) {
                    case Refusal.Busy _, Refusal.Unavailable _, Refusal.Indeterminate _ -> true;
                    case Refusal.TooLarge _,
                            Refusal.Closed _,
                            Refusal.Deposed _,
                            Refusal.Rejected _ ->
                            false;
                };
    }
}
