package io.miroir.fanout.lane;

import io.miroir.store.ReadLevel;
import io.miroir.store.Reply;
import io.miroir.store.lane.Lanes.Affecting;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes merged requests of a lane apart that nodes took and did not apply, while nothing later was
 * sent to these nodes (protocol, rule 6). The parts carry the marks of their own positions: by
 * these the next owner finds them on the node.
 */
final class Apart implements Merged.Sender {
    private static final Logger LOG = LoggerFactory.getLogger(Apart.class);

    /** How often it looks whether there is anything to wait for. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final LaneContext context;
    private final Turn turn;
    private final LaneClaim claim;
    private final Dispatcher dispatcher;
    private final Map<String, Long> lastSent = new ConcurrentHashMap<>();

    Apart(LaneContext context, Turn turn, LaneClaim claim, Dispatcher dispatcher) {
        this.context = context;
        this.turn = turn;
        this.claim = claim;
        this.dispatcher = dispatcher;
    }

    /** Nodes are about to be sent these. */
    void sending(List<Member> members) {
        for (Member member : members) {
            for (String node : member.item().scope().plan().recipients()) {
                lastSent.put(node, member.place().position());
            }
        }
    }

    // Whoever holds the lane may wait for the end of the very tasks that are in doubt: a copy lets
    // it
    // go soon, a write before a barrier does not.
    @Override
    public Optional<Map<String, Map<Place, Sent>>> sendAgain(Map<String, List<Merged.Part>> parts)
            throws InterruptedException {
        long giveUpNanos = System.nanoTime() + context.settings().turnTimeout().toNanos();
        boolean hopeless = !mayWait(parts);
        while (!hopeless && !turn.take(PATIENCE)) {
            if (System.nanoTime() - giveUpNanos > 0) {
                return Optional.empty();
            }
            hopeless = isBarred(placeOf(parts)) || !mayWait(parts);
        }
        if (hopeless) {
            return Optional.of(Map.of());
        }
        try {
            return Optional.of(maySend(parts) ? send(parts) : Map.of());
        } finally {
            turn.leave();
        }
    }

    private boolean maySend(Map<String, List<Merged.Part>> parts) throws InterruptedException {
        // The store first: what this pod knows then is as new as its answer.
        return isStillOurs(placeOf(parts)) && mayWait(parts);
    }

    /** What was sent later stays, and a copy waits for these tasks while it holds the lane. */
    private boolean mayWait(Map<String, List<Merged.Part>> parts) {
        return parts.entrySet().stream().allMatch(this::isLatest) && !isCopied(placeOf(parts));
    }

    /** Whether writes wait in their turn until all before a barrier has ended, these tasks too. */
    private boolean isBarred(Place place) {
        return context.store().lanes().barred(ReadLevel.LOCAL, place.lane());
    }

    private static Place placeOf(Map<String, List<Merged.Part>> parts) {
        return parts.values().iterator().next().getFirst().place();
    }

    private boolean isLatest(Map.Entry<String, List<Merged.Part>> node) {
        Place last = node.getValue().getLast().place();
        return claim.isHeld(last.epoch())
                && lastSent.getOrDefault(node.getKey(), 0L) == last.position();
    }

    // The store is asked just before: whoever slept since the bind must not come behind another.
    private boolean isStillOurs(Place place) throws InterruptedException {
        Reply<Affecting> reply = asked(place);
        return !(reply.orThrow() instanceof Affecting.Fenced)
                && reply instanceof Reply.Applied<Affecting> applied
                && context.sees(applied);
    }

    private Reply<Affecting> asked(Place place) {
        return context.store().lanes().affect(place.lane(), place.epoch(), List.of());
    }

    // Replicas that lag were sent the whole too, and nobody hears what became of it there.
    private boolean isCopied(Place place) {
        return context.view()
                .index(place.lane())
                .filter(index -> index.row().incarnation() == place.incarnation())
                .map(Replicated::anyLags)
                .orElse(true);
    }

    private Map<String, Map<Place, Sent>> send(Map<String, List<Merged.Part>> parts)
            throws InterruptedException {
        try {
            return dispatcher.sendApart(parts);
        } catch (RuntimeException | InterruptedException undecided) {
            // Some nodes may have some: whoever claims the lane next looks for what they have.
            claim.release();
            throw undecided;
        }
    }

    // The next owner may have looked at the nodes before the parts came to them, and ended the
    // tasks: what it knows nothing of must not be read.
    @Override
    public void confirm(List<Merged.Part> parts, Map<String, Map<Place, Sent>> sent) {
        Place last = parts.getLast().place();
        if (asked(last).orThrow() instanceof Affecting.Fenced fenced) {
            LOG.warn("lane {} was taken over by {} during a write", last.lane(), fenced.owner());
            claim.release();
            parts.forEach(part -> putOut(part, sent));
        }
    }

    private void putOut(Merged.Part part, Map<String, Map<Place, Sent>> sent) {
        Map<String, Divergence.Has> has = new TreeMap<>();
        for (String node : part.replicas().keySet()) {
            Sent what = sent.getOrDefault(node, Map.of()).get(part.place());
            boolean may = what instanceof Sent.Accepted || what instanceof Sent.Unknown;
            has.put(node, may ? Divergence.Has.UNKNOWN : Divergence.Has.NO);
        }
        new Replicated(context.store())
                .putOutDivergingLate(part.place().incarnation(), part.replicas(), has);
    }
}
