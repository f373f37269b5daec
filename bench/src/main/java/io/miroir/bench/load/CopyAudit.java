package io.miroir.bench.load;

import io.miroir.core.routing.Rendezvous;
import io.miroir.core.topology.Topology;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is where, beside what is to be where.
 *
 * @param missing documents that were acknowledged and are not found through the cluster, or in
 *     another version
 * @param strange documents that are found and are not to be there, or more than once
 * @param misplaced documents that are not, in their version, on exactly the nodes that are to have
 *     them
 */
record CopyAudit(long missing, long strange, long misplaced) {
    /**
     * Compares.
     *
     * @param found through the cluster
     * @param onNodes on each node by itself
     */
    static CopyAudit of(
            Expected expected, Inventory found, Map<String, Inventory> onNodes, Topology layout) {
        Set<Long> all = new HashSet<>(expected.versions().keySet());
        all.addAll(found.versions().keySet());
        onNodes.values().forEach(node -> all.addAll(node.versions().keySet()));
        all.removeAll(expected.unsure());
        long missing = 0;
        long strange = found.doubled();
        long misplaced = 0;
        for (long id : all) {
            Long wanted = expected.versions().get(id);
            Long got = found.versions().get(id);
            if (wanted == null) {
                strange += got == null ? 0 : 1;
            } else {
                missing += wanted.equals(got) ? 0 : 1;
            }
            misplaced += isPlaced(id, wanted, onNodes, layout) ? 0 : 1;
        }
        return new CopyAudit(missing, strange, misplaced);
    }

    /** A node that is not to have it is to have no version of it. */
    private static boolean isPlaced(
            long id, @Nullable Long wanted, Map<String, Inventory> onNodes, Topology layout) {
        int shard = Rendezvous.shard(Long.toString(id), layout.shards());
        return onNodes.entrySet().stream()
                .allMatch(
                        node ->
                                Objects.equals(
                                        node.getValue().versions().get(id),
                                        layout.writeTargets(shard).contains(node.getKey())
                                                ? wanted
                                                : null));
    }
}
