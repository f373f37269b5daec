package io.miroir.fanout.lane;

import io.miroir.api.ApiException;
import io.miroir.core.topology.ShardSet;
import io.miroir.store.StoreUnavailableException;
import io.miroir.store.index.IndexRow;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes that are bound although nobody knows whether a replica has them that goes on being read,
 * as the one truth that is left. Should they come to it later, when others were made as it is, that
 * is found as what a lost owner left (protocol, rule 4).
 */
final class Unheard {
    private static final Logger LOG = LoggerFactory.getLogger(Unheard.class);

    private Unheard() {}

    /**
     * A write that is about to be bound.
     *
     * @param kept for each node the shards of it that go on being read
     */
    record Write(long position, Map<String, ShardSet> kept, Map<String, Sent> sent) {}

    /**
     * Keeps of whom nobody heard, if of anybody.
     *
     * @param writes those of a turn
     */
    static void keep(LaneContext context, IndexRow index, List<Write> writes) {
        Set<String> silent = new TreeSet<>();
        ShardSet shards = ShardSet.none();
        long position = 0;
        for (Write write : writes) {
            for (Map.Entry<String, ShardSet> node : write.kept().entrySet()) {
                boolean heard = !(write.sent().get(node.getKey()) instanceof Sent.Unknown);
                if (!heard && !node.getValue().isEmpty()) {
                    silent.add(node.getKey());
                    shards = shards.or(node.getValue());
                    position = Math.max(position, write.position());
                }
            }
        }
        if (silent.isEmpty()) {
            return;
        }
        try {
            Map<String, Long> known = LeftOver.bound(context, index);
            writes.forEach(
                    write -> write.sent().forEach((node, what) -> accepted(node, what, known)));
            Map<String, Long> tasks = new TreeMap<>();
            silent.forEach(node -> tasks.put(node, known.getOrDefault(node, LeftOver.NO_TASK)));
            new Takeover(position, shards, tasks, context.store().nowMicros())
                    .keep(context.store(), context.podId(), index);
        } catch (ApiException | StoreUnavailableException notKept) {
            // Its task is worth more.
            LOG.warn("what comes late to {} is not looked for: {}", silent, notKept.getMessage());
        }
    }

    private static void accepted(String node, Sent what, Map<String, Long> known) {
        if (what instanceof Sent.Accepted taken) {
            known.merge(node, taken.nodeTaskUid(), Math::max);
        }
    }
}
