package io.miroir.fanout.answer;

import io.miroir.core.topology.ShardSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * All documents that a search finds, to be asked for where nodes don't tell which of them one
 * server would count.
 */
public sealed interface Census permits SearchCensus, ThresholdCensus {
    /** As many documents a node is asked for; they bring what is counted and nothing else. */
    int DOCUMENTS_MAX = 1_000;

    /**
     * Asks a node.
     *
     * @param only the shards to search, or null if the node holds no other
     */
    ObjectNode nodeRequest(@Nullable ShardSet only);

    /**
     * The documents that one server counts, the oldest first; null if not all were told.
     *
     * @param answers to {@link #nodeRequest}
     */
    @Nullable List<ObjectNode> documents(List<ObjectNode> answers);
}
