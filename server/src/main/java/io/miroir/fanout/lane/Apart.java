package io.miroir.fanout.lane;

import io.miroir.store.lane.Lanes.Affecting;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes merged requests of a lane apart that nodes took and did not apply, while nothing later was
 * sent to the node (protocol, rule 6). The parts carry the marks of their own positions: by these
 * the next owner finds them on the node.
 */
final class Apart implements Merged.Sender {
    private static final Logger LOG = LoggerFactory.getLogger(Apart.class);

    /** Whoever has the turn for longer may wait for the end of the very tasks that are in doubt. */
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

    @Override
    public Map<String, Map<Place, Sent>> sendAgain(Map<String, List<Merged.Part>> parts)
            throws InterruptedException {
        if (!turn.take(PATIENCE)) {
            return Map.of();
        }
        try {
            boolean may = parts.entrySet().stream().allMatch(this::isLatest) && !isCopied(parts);
            return may ? dispatcher.sendApart(parts) : Map.of();
        } finally {
            turn.leave();
        }
    }

    private boolean isLatest(Map.Entry<String, List<Merged.Part>> node) {
        Place last = node.getValue().getLast().place();
        return claim.isHeld(last.epoch())
                && lastSent.getOrDefault(node.getKey(), 0L) == last.position();
    }

    // Replicas that lag were sent the whole too, and nobody hears what became of it there.
    private boolean isCopied(Map<String, List<Merged.Part>> parts) {
        Place place = parts.values().iterator().next().getFirst().place();
        return context.view()
                .index(place.lane())
                .filter(index -> index.row().incarnation() == place.incarnation())
                .map(Replicated::anyLags)
                .orElse(true);
    }

    // The next owner may have looked at the nodes before the parts came to them, and ended the
    // tasks: what it knows nothing of must not be read.
    @Override
    public void confirm(List<Merged.Part> parts, Map<String, Map<Place, Sent>> sent) {
        Place last = parts.getLast().place();
        Affecting answer =
                context.store().lanes().affect(last.lane(), last.epoch(), List.of()).orThrow();
        if (answer instanceof Affecting.Fenced fenced) {
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
                .putOutDiverging(part.place().incarnation(), part.replicas(), has);
    }
}
