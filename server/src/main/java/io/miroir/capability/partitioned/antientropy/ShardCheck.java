package io.miroir.capability.partitioned.antientropy;

import io.miroir.cluster.IndexView;
import io.miroir.core.routing.Separators;
import io.miroir.core.topology.ReplicaState;
import io.miroir.core.topology.ShardSet;
import io.miroir.fanout.copy.Comparison;
import io.miroir.fanout.copy.CopyContext;
import io.miroir.fanout.copy.CopyFailedException;
import io.miroir.fanout.copy.Holds;
import io.miroir.fanout.copy.NodeDocuments;
import io.miroir.fanout.copy.NodeTasks;
import io.miroir.fanout.copy.SequenceReader;
import io.miroir.fanout.copy.ShardDigest;
import io.miroir.fanout.copy.StoredDocument;
import io.miroir.store.ReadLevel;
import io.miroir.store.index.IndexRow;
import io.miroir.store.lane.LaneRow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Compares the replicas in sync of one shard. Writes go on meanwhile, so what seems to differ is
 * looked at once more while none is under way: only that counts.
 */
final class ShardCheck {
    private static final Duration REST_PATIENCE = Duration.ofSeconds(3);
    private static final Duration APPLY_PATIENCE = Duration.ofMinutes(5);
    private static final long PAUSE_MILLIS = 50;

    /** Documents that are looked at again: one would do to see that replicas differ. */
    private static final int DOUBTED_MAX = 100;

    private final CopyContext context;
    private final IndexRow index;
    private final int shard;
    private final int pageDocumentsMax;
    private final Outvoting outvoting;

    /**
     * What was found.
     *
     * @param putOut whether those that are outvoted are out
     */
    record Finding(Map<String, ShardDigest> digests, ShardVote vote, boolean putOut) {
        static final Finding NOTHING_TO_COMPARE = agreed(Map.of());

        static Finding agreed(Map<String, ShardDigest> digests) {
            return new Finding(digests, new ShardVote.Agreed(), false);
        }

        long documents() {
            return digests.values().stream().mapToLong(ShardDigest::documents).max().orElse(0);
        }
    }

    /** Decides on nodes whose replicas are outvoted. */
    @FunctionalInterface
    interface Outvoting {
        /**
         * While no write is under way, so that what was seen is still so.
         *
         * @param epoch under which the lane is held
         * @return whether they are out
         */
        boolean putOut(List<String> nodes, long epoch);
    }

    ShardCheck(
            CopyContext context,
            IndexRow index,
            int shard,
            int pageDocumentsMax,
            Outvoting outvoting) {
        this.context = context;
        this.index = index;
        this.shard = shard;
        this.pageDocumentsMax = pageDocumentsMax;
        this.outvoting = outvoting;
    }

    /**
     * Compares.
     *
     * @throws CopyFailedException if it can't be said now
     */
    Finding compare() throws InterruptedException {
        List<String> inSync = inSync(context.current(index));
        List<String> nodes = inSync.stream().filter(context.health()::usable).toList();
        if (nodes.size() < 2 || index.primaryKey() == null) {
            return Finding.NOTHING_TO_COMPARE;
        }
        Map<String, ShardDigest> digests = new TreeMap<>();
        for (String node : nodes) {
            digests.put(node, digest(node));
        }
        Finding same = Finding.agreed(digests);
        if (ShardVote.of(digests, inSync.size()) instanceof ShardVote.Agreed) {
            return same;
        }
        Set<String> doubted = doubted(nodes, awaitApplied(nodes));
        if (doubted.isEmpty()) {
            return same;
        }
        return context.held(
                index,
                epoch -> {
                    requireUnchanged(inSync);
                    ShardVote vote = ShardVote.of(atRest(nodes, doubted), inSync.size());
                    boolean putOut =
                            vote instanceof ShardVote.Outvoted outvoted
                                    && outvoting.putOut(outvoted.nodes(), epoch);
                    return new Finding(digests, vote, putOut);
                });
    }

    private List<String> inSync(IndexView view) {
        return view.topology().nodes().stream()
                .filter(node -> view.state(node, shard) == ReplicaState.IN_SYNC)
                .sorted()
                .toList();
    }

    private void requireUnchanged(List<String> inSync) {
        if (!inSync(context.current(index)).equals(inSync)) {
            throw new CopyFailedException("replicas went out meanwhile");
        }
    }

    private ShardDigest digest(String node) {
        SequenceReader reader = reader(node);
        ShardDigest digest = ShardDigest.EMPTY;
        for (Optional<StoredDocument> next = reader.next();
                next.isPresent();
                next = reader.next()) {
            digest = digest.with(next.get().digest());
        }
        return digest;
    }

    private SequenceReader reader(String node) {
        return new SequenceReader(documents(node)::page, null, pageDocumentsMax);
    }

    private NodeDocuments documents(String node) {
        return new NodeDocuments(context.nodes(), node, index.physicalUid(), ShardSet.of(shard));
    }

    private NodeTasks tasks(String node) {
        return new NodeTasks(context.nodes(), node, index.physicalUid());
    }

    /** The sequence number up to which all nodes have done what they were sent. */
    private String awaitApplied(List<String> nodes) throws InterruptedException {
        Map<String, Long> latest = new HashMap<>();
        long position =
                context.held(
                        index,
                        _ -> {
                            nodes.forEach(node -> latest.put(node, tasks(node).latest()));
                            return context.store()
                                    .lanes()
                                    .get(ReadLevel.LOCAL, index.uid())
                                    .map(LaneRow::nextPosition)
                                    .map(next -> next - 1)
                                    .orElse(0L);
                        });
        long giveUpNanos = System.nanoTime() + APPLY_PATIENCE.toNanos();
        for (Map.Entry<String, Long> task : latest.entrySet()) {
            while (!tasks(task.getKey()).ended(task.getValue())) {
                if (System.nanoTime() - giveUpNanos > 0) {
                    throw new CopyFailedException("node " + task.getKey() + " is too busy");
                }
                Thread.sleep(PAUSE_MILLIS);
            }
        }
        return Separators.seqThrough(position);
    }

    /** Ids of documents that seem to differ, or differ only because of a write under way. */
    private Set<String> doubted(List<String> nodes, String horizon) {
        String primaryKey = index.primaryKey();
        Set<String> ids = new TreeSet<>();
        for (String node : nodes.subList(1, nodes.size())) {
            Comparison comparison = new Comparison(reader(nodes.getFirst()), reader(node), horizon);
            Optional<Comparison.Step> step = comparison.next();
            while (step.isPresent() && ids.size() < DOUBTED_MAX && primaryKey != null) {
                switch (step.get()) {
                    case Comparison.Step.Same _ -> {}
                    case Comparison.Step.Lacking one -> ids.add(one.document().id(primaryKey));
                    case Comparison.Step.Extra one -> ids.add(one.document().id(primaryKey));
                }
                step = comparison.next();
            }
        }
        return ids;
    }

    /** What each node has of some documents, with nothing left to be done. */
    private Map<String, ShardDigest> atRest(List<String> nodes, Set<String> ids)
            throws InterruptedException {
        Holds.Deadline deadline = context.holds().in(REST_PATIENCE);
        for (String node : nodes) {
            if (!tasks(node).awaitRest(deadline)) {
                throw new CopyFailedException("node " + node + " does not come to rest");
            }
        }
        Map<String, ShardDigest> digests = new TreeMap<>();
        for (String node : nodes) {
            ShardDigest digest = ShardDigest.EMPTY;
            for (StoredDocument document : documents(node).byIds(new ArrayList<>(ids))) {
                digest = digest.with(document.digest());
            }
            digests.put(node, digest);
        }
        return digests;
    }
}
