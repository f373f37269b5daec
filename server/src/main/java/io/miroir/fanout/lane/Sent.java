package io.miroir.fanout.lane;

import tools.jackson.databind.JsonNode;

/** What became of an item on one node. */
sealed interface Sent {
    /** The node took all of it. */
    record Accepted(long nodeTaskUid) implements Sent {}

    /**
     * The node understood and refused: it does not have it.
     *
     * @param error the node's error object
     */
    record Refused(JsonNode error) implements Sent {}

    /** The node surely does not have it. */
    record Absent(String reason) implements Sent {}

    /** Nobody knows whether the node has it, or will have it. */
    record Unknown(String reason) implements Sent {}

    /** What the task keeps as the reason why a node missed the item. */
    default String reason() {
        return switch (this) {
            case Accepted _ -> "accepted";
            case Refused refused -> "refused: " + refused.error().path("code").asString("");
            case Absent absent -> absent.reason();
            case Unknown unknown -> unknown.reason();
        };
    }
}
