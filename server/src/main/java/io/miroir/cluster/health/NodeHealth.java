package io.miroir.cluster.health;

import io.miroir.fanout.NodeObserver;
import io.miroir.fanout.NodeReply;
import io.miroir.fanout.NodeRequest;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What is believed of every node's health. Fed by all exchanges, probes included. */
public final class NodeHealth implements NodeObserver {
    private final HealthState.Thresholds thresholds;
    private final InstantSource clock;
    private final Consumer<String> onTrouble;
    private final Map<String, Entry> entries = new ConcurrentHashMap<>();

    /**
     * All nodes unknown.
     *
     * @param onTrouble told the id of a node whose exchange failed; must return at once
     */
    public NodeHealth(
            Collection<String> nodeIds,
            HealthState.Thresholds thresholds,
            InstantSource clock,
            Consumer<String> onTrouble) {
        this.thresholds = thresholds;
        this.clock = clock;
        this.onTrouble = onTrouble;
        nodeIds.forEach(id -> entries.put(id, new Entry(HealthState.UNKNOWN, 0, null)));
    }

    /**
     * One node's health.
     *
     * @param lastSeenMillis epoch time of its last answer, 0 for never
     * @param error what the last failed exchange said, if the last one failed
     */
    public record Entry(HealthState state, long lastSeenMillis, @Nullable String error) {}

    /** What is believed of a node; unknown for one that is not of the fleet. */
    public HealthState.Status status(String nodeId) {
        Entry entry = entries.get(nodeId);
        return entry == null ? HealthState.Status.UNKNOWN : entry.state().status();
    }

    /** All nodes by id. */
    public Map<String, Entry> all() {
        return new TreeMap<>(entries);
    }

    @Override
    public void replied(String nodeId, NodeRequest request, NodeReply reply, long tookNanos) {
        switch (reply) {
            case NodeReply.Answer _, NodeReply.Refusal _ -> succeeded(nodeId);
            case NodeReply.Failure failure -> failed(nodeId, failure);
        }
    }

    private void succeeded(String nodeId) {
        long nowMillis = clock.millis();
        entries.computeIfPresent(
                nodeId,
                (_, entry) -> new Entry(entry.state().succeeded(thresholds), nowMillis, null));
    }

    private void failed(String nodeId, NodeReply.Failure failure) {
        if (failure.kind() == NodeReply.Kind.BUSY) {
            // Our own queue was full: says nothing about the node.
            return;
        }
        String error = failure.kind().label() + ": " + failure.detail();
        entries.computeIfPresent(
                nodeId,
                (_, entry) ->
                        new Entry(entry.state().failed(thresholds), entry.lastSeenMillis(), error));
        onTrouble.accept(nodeId);
    }
}
