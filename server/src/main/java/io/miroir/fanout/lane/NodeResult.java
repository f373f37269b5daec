package io.miroir.fanout.lane;

import io.miroir.api.Json;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** How a node's own task ended. */
sealed interface NodeResult {
    /**
     * The node applied it.
     *
     * @param details as the node counts
     */
    record Succeeded(ObjectNode details) implements NodeResult {}

    /**
     * The node did not apply it.
     *
     * @param error the node's error object
     */
    record Failed(ObjectNode error) implements NodeResult {}

    /** The node dropped it before it began. */
    record Canceled() implements NodeResult {}

    /** The node does not know the task, or knows another by its number (protocol, rule 15). */
    record Lost() implements NodeResult {}

    /** What a replica on that node has of the write. */
    default Divergence.Has has() {
        return switch (this) {
            case Succeeded _ -> Divergence.Has.YES;
            case Failed _, Canceled _ -> Divergence.Has.NO;
            case Lost _ -> Divergence.Has.UNKNOWN;
        };
    }

    /** The count of that name in a node's details, 0 if there is none. */
    static long count(@Nullable NodeResult result, String name) {
        return result instanceof Succeeded done ? done.details().path(name).asLong(0) : 0;
    }

    /** The node did not even take it. */
    static NodeResult refused(JsonNode error) {
        return new Failed(error instanceof ObjectNode object ? object : Json.object());
    }

    /** A failure without the node's own words. */
    static NodeResult failed(String why) {
        ObjectNode error = Json.object();
        error.put("message", why);
        return new Failed(error);
    }
}
