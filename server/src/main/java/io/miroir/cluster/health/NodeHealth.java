package io.miroir.cluster.health;

import io.miroir.fanout.NodeObserver;
import io.miroir.fanout.NodeReply;
import io.miroir.fanout.NodeRequest;
import io.miroir.fanout.NodeWatcher;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is believed of every node's health. Fed by all exchanges, probes included. */
public final class NodeHealth implements NodeObserver, NodeWatcher {
    /** The operation of probes, which ask for the node's version. */
    static final String PROBE = "health";

    private static final Logger LOG = LoggerFactory.getLogger(NodeHealth.class);

    private final HealthState.Thresholds thresholds;
    private final InstantSource clock;
    private final Consumer<String> onTrouble;
    private final Map<String, Entry> entries = new ConcurrentHashMap<>();

    /** Nodes that answer and must not be used, and why. */
    private final Map<String, String> strangers = new ConcurrentHashMap<>();

    /**
     * All nodes unknown.
     *
     * @param nodeIds those that are there already
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
        nodeIds.forEach(this::came);
    }

    /**
     * One node's health.
     *
     * @param lastSeenMillis epoch time of its last answer, 0 for never
     * @param error what the last failed exchange said, if the last one failed
     * @param version of Meilisearch that it says it is
     */
    public record Entry(
            HealthState state,
            long lastSeenMillis,
            @Nullable String error,
            @Nullable String version) {
        /** Of a node that nobody has asked yet. */
        public static final Entry UNKNOWN = new Entry(HealthState.UNKNOWN, 0, null, null);
    }

    @Override
    public void came(String nodeId) {
        strangers.remove(nodeId);
        entries.putIfAbsent(nodeId, Entry.UNKNOWN);
    }

    /** As down as one that did not answer: it is used again once it has shown who it is. */
    @Override
    public void moved(String nodeId) {
        entries.computeIfPresent(
                nodeId,
                (_, entry) ->
                        new Entry(
                                HealthState.DOWN,
                                entry.lastSeenMillis(),
                                "its address changed, and who is there is not known yet",
                                entry.version()));
        onTrouble.accept(nodeId);
    }

    @Override
    public void went(String nodeId) {
        entries.remove(nodeId);
        strangers.remove(nodeId);
    }

    /** What is believed of a node; one that the cluster does not have is down. */
    public HealthState.Status status(String nodeId) {
        Entry entry = entries.get(nodeId);
        return entry == null ? HealthState.Status.DOWN : entry.state().status();
    }

    /** True for a node that is asked before others. */
    public boolean usable(String nodeId) {
        return status(nodeId).usable();
    }

    /** All nodes by id. */
    public Map<String, Entry> all() {
        return new TreeMap<>(entries);
    }

    /** From here on the node counts as failing, whatever it answers; until it is itself again. */
    void doubt(String nodeId, String why) {
        if (!entries.containsKey(nodeId)) {
            return;
        }
        String before = strangers.put(nodeId, why);
        if (!why.equals(before)) {
            LOG.warn("node {} is not used: {}", nodeId, why);
        }
    }

    /** The node is who it was. */
    void trust(String nodeId) {
        strangers.remove(nodeId);
    }

    @Override
    public void replied(String nodeId, NodeRequest request, NodeReply reply, long tookNanos) {
        boolean probe = request.operation().equals(PROBE);
        switch (reply) {
            case NodeReply.Answer answer ->
                    answered(
                            nodeId,
                            probe,
                            probe ? answer.body().path("pkgVersion").asString(null) : null);
            case NodeReply.Refusal refusal when probe ->
                    failed(nodeId, "refused: " + refusal.code(), true);
            case NodeReply.Refusal _ -> answered(nodeId, false, null);
            // A full queue of our own says nothing about the node, nor does full memory.
            case NodeReply.Failure failure
                    when failure.kind() == NodeReply.Kind.BUSY
                            || failure.kind() == NodeReply.Kind.NO_ROOM -> {}
            // Slow is not dead: a probe says which of them it is.
            case NodeReply.Failure failure
                    when !probe && failure.kind() == NodeReply.Kind.TIMEOUT ->
                    onTrouble.accept(nodeId);
            case NodeReply.Failure failure ->
                    failed(nodeId, failure.kind().label() + ": " + failure.detail(), probe);
        }
    }

    private void answered(String nodeId, boolean probe, @Nullable String version) {
        String stranger = strangers.get(nodeId);
        if (stranger != null) {
            if (probe) {
                failed(nodeId, stranger, true);
            }
        } else if (probe || status(nodeId) != HealthState.Status.DOWN) {
            // A node that was down is asked who it is before each probe: no other answer counts.
            succeeded(nodeId, probe, version);
        }
    }

    private void succeeded(String nodeId, boolean probe, @Nullable String version) {
        long nowMillis = clock.millis();
        entries.computeIfPresent(
                nodeId,
                (id, entry) -> {
                    String known = version == null ? entry.version() : version;
                    if (known != null && !known.equals(entry.version())) {
                        LOG.info("node {} is Meilisearch {}", id, known);
                    }
                    HealthState next = entry.state().succeeded(thresholds, probe);
                    return new Entry(next, nowMillis, null, known);
                });
    }

    private void failed(String nodeId, String error, boolean probe) {
        entries.computeIfPresent(
                nodeId,
                (id, entry) -> {
                    HealthState next = entry.state().failed(thresholds, probe);
                    if (next.status() != entry.state().status()) {
                        LOG.warn("node {} is {}: {}", id, next.status(), error);
                    }
                    return new Entry(next, entry.lastSeenMillis(), error, entry.version());
                });
        onTrouble.accept(nodeId);
    }
}
