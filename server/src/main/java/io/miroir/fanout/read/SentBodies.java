package io.miroir.fanout.read;

import io.miroir.core.topology.ShardSet;
import io.miroir.fanout.NodeBody;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the nodes of one read are sent. Those that hold nothing else than what they are asked for
 * are sent the same, which is made once: it may have megabytes.
 */
final class SentBodies {
    private final Function<@Nullable ShardSet, ObjectNode> request;
    private @Nullable NodeBody whole;

    /**
     * Nothing is made yet.
     *
     * @param request what to ask a node, given the shards to look in, or null if it holds no other
     */
    SentBodies(Function<@Nullable ShardSet, ObjectNode> request) {
        this.request = request;
    }

    /** What to send to a node that is to look in these shards, or in all that it holds if null. */
    NodeBody of(@Nullable ShardSet only) {
        if (only != null) {
            return NodeBody.json(request.apply(only));
        }
        NodeBody made = whole == null ? NodeBody.json(request.apply(null)) : whole;
        whole = made;
        return made;
    }
}
