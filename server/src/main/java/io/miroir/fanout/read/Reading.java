package io.miroir.fanout.read;

import io.miroir.core.topology.ShardSet;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/**
 * What one way through the nodes brought.
 *
 * @param body what the client would get
 * @param missing shards that it lacks
 * @param asked nodes whose answers are in it
 */
record Reading(ObjectNode body, ShardSet missing, Set<String> asked) {
    static Reading of(ObjectNode body, Coverage coverage) {
        return new Reading(body, coverage.uncovered(), coverage.askedNodes());
    }
}
