package io.miroir.fanout.read;

import io.miroir.core.topology.ShardSet;
import java.util.HashSet;
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
    /** What was made of all these answers. */
    static Reading of(ObjectNode body, Coverage... coverages) {
        ShardSet missing = ShardSet.none();
        Set<String> asked = new HashSet<>();
        for (Coverage coverage : coverages) {
            missing = missing.or(coverage.uncovered());
            asked.addAll(coverage.askedNodes());
        }
        return new Reading(body, missing, asked);
    }

    /** The same, for which this was asked too. */
    Reading and(Coverage other) {
        Set<String> all = new HashSet<>(asked);
        all.addAll(other.askedNodes());
        return new Reading(body, missing.or(other.uncovered()), all);
    }
}
