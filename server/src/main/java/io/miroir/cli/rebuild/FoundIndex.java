package io.miroir.cli.rebuild;

import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * What one node knows of one index.
 *
 * @param incarnation the number in its physical uid
 * @param name what clients called it at the last write that the node remembers; null if it
 *     remembers none
 * @param epoch the highest that its tasks carry
 * @param position the highest that its tasks or documents carry
 * @param settings the node's
 * @param shards how many the index has, by where its documents are; 0 if it has no document, {@link
 *     #SHARDS_UNCLEAR} if they do not tell
 * @param documents how many of each shard the node holds
 */
record FoundIndex(
        String node,
        long incarnation,
        @Nullable String name,
        @Nullable String primaryKey,
        long epoch,
        long position,
        ObjectNode settings,
        int shards,
        SortedMap<Integer, Long> documents) {

    static final int SHARDS_UNCLEAR = -1;
}
