package io.miroir.fanout.lane;

import io.miroir.core.topology.ShardSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Documents that nodes were sent in one request, held until its tasks have ended: nodes that do not
 * apply the whole may be sent the parts (protocol, rule 6). Only the thread that ends the lane's
 * tasks asks for that, which may last; nobody else ever waits here: who binds the parts has the
 * lane's turn, in which they are sent.
 */
final class Merged {
    /** What may be held by all lanes of a pod; requests beyond it are not taken apart. */
    static final long HELD_BYTES_MAX = 64L << 20;

    /**
     * A write's documents.
     *
     * @param replicas for each node the shards of the write that it holds in sync
     */
    record Part(Place place, Documents documents, Map<String, ShardSet> replicas) {}

    /** Who can send parts. */
    interface Sender {
        /**
         * Sends each of these nodes its parts, all of them or none: replicas of a shard must not
         * differ by what came later.
         *
         * @return for each node what became of each part; nothing if they may not be sent any more;
         *     empty if the lane's turn did not come: to be asked again
         */
        Optional<Map<String, Map<Place, Sent>>> sendAgain(Map<String, List<Part>> parts)
                throws InterruptedException;

        /** Makes sure that nobody else decided on the parts meanwhile, or that it does no harm. */
        void confirm(List<Part> parts, Map<String, Map<Place, Sent>> sent);
    }

    private final List<Part> parts;
    private final Set<String> nodes;
    private final Sender sender;
    private final Runnable giveBack;

    /** For each node that is done with the whole whether it failed. */
    private final Map<String, Boolean> failed = new ConcurrentHashMap<>();

    private final AtomicInteger users = new AtomicInteger(1);
    private @Nullable Map<String, Map<Place, Sent>> again;
    private boolean isConfirmed;

    /**
     * @param nodes those that took the parts in one task
     */
    private Merged(List<Part> parts, Set<String> nodes, Sender sender, Runnable giveBack) {
        this.parts = parts;
        this.nodes = Set.copyOf(nodes);
        this.sender = sender;
        this.giveBack = giveBack;
    }

    /**
     * Holds what nodes took together of a shipment; its maker leaves it as well.
     *
     * @param heldBytes of all lanes
     * @return empty if no node took several in one task, or too much is held
     */
    static Optional<Merged> of(
            Shipment shipment,
            Map<Place, Map<String, Sent>> sent,
            Sender sender,
            AtomicLong heldBytes) {
        List<Part> parts = new ArrayList<>();
        for (Member member : shipment.members()) {
            if (member.item().steps() instanceof Documents documents) {
                parts.add(new Part(member.place(), documents, member.item().scope().replicas()));
            }
        }
        Set<String> nodes = new TreeSet<>();
        parts.forEach(part -> nodes.addAll(part.replicas().keySet()));
        nodes.removeIf(node -> !isOneTask(node, parts, sent));
        long bytes = parts.stream().mapToLong(part -> part.documents().lengthBytes()).sum();
        if (nodes.isEmpty() || !take(bytes, heldBytes)) {
            return Optional.empty();
        }
        List<Part> held = parts.stream().map(Merged::share).toList();
        return Optional.of(new Merged(held, nodes, sender, () -> heldBytes.addAndGet(-bytes)));
    }

    private static boolean isOneTask(
            String node, List<Part> parts, Map<Place, Map<String, Sent>> sent) {
        List<Sent> taken =
                parts.stream()
                        .filter(part -> part.replicas().containsKey(node))
                        .map(part -> sent.getOrDefault(part.place(), Map.of()).get(node))
                        .filter(Sent.Accepted.class::isInstance)
                        .toList();
        return taken.size() > 1 && taken.stream().distinct().count() == 1;
    }

    private static boolean take(long bytes, AtomicLong heldBytes) {
        if (heldBytes.addAndGet(bytes) > HELD_BYTES_MAX) {
            heldBytes.addAndGet(-bytes);
            return false;
        }
        return true;
    }

    private static Part share(Part part) {
        return new Part(part.place(), part.documents().share(), part.replicas());
    }

    /** A node is done with the whole. */
    void told(String nodeId, NodeResult result) {
        failed.putIfAbsent(nodeId, result instanceof NodeResult.Failed);
    }

    /**
     * Sends the parts to all nodes that did not apply the whole, once, when it is known of all who
     * took it what became of it: one that is still at it may apply it.
     *
     * @param givenUp nodes that are not waited for
     * @return what became of each part on this node, nothing if they were not sent to it; empty
     *     while that is open
     */
    Optional<Map<Place, Sent>> again(String nodeId, Set<String> givenUp)
            throws InterruptedException {
        if (!nodes.contains(nodeId)) {
            return Optional.of(Map.of());
        }
        boolean isTold = nodes.stream().allMatch(n -> failed.containsKey(n) || givenUp.contains(n));
        if (!isTold || !joins()) {
            return Optional.empty();
        }
        try {
            Map<String, Map<Place, Sent>> sent = again;
            if (sent == null) {
                sent = sender.sendAgain(missing()).orElse(null);
                again = sent;
            }
            if (sent == null) {
                return Optional.empty();
            }
            if (!sent.isEmpty() && !isConfirmed) {
                sender.confirm(parts, sent);
                isConfirmed = true;
            }
            return Optional.of(sent.getOrDefault(nodeId, Map.of()));
        } finally {
            leave();
        }
    }

    private Map<String, List<Part>> missing() {
        Map<String, List<Part>> missing = new TreeMap<>();
        for (String node : nodes) {
            if (failed.getOrDefault(node, false)) {
                missing.put(node, partsOf(node));
            }
        }
        return missing;
    }

    private List<Part> partsOf(String nodeId) {
        return parts.stream().filter(part -> part.replicas().containsKey(nodeId)).toList();
    }

    /** One more task that may need it; whoever asks for that has not left yet. */
    void join() {
        users.incrementAndGet();
    }

    // The lane may be let go at any moment, and what is held with it.
    private boolean joins() {
        return users.getAndUpdate(count -> count == 0 ? 0 : count + 1) > 0;
    }

    /** One less; the last one lets it go. */
    void leave() {
        if (users.decrementAndGet() == 0) {
            parts.forEach(part -> part.documents().close());
            giveBack.run();
        }
    }
}
