package io.miroir.fanout.lane;

import tools.jackson.databind.node.ObjectNode;

/** What a node was seen to have after it was sent settings. */
sealed interface Shown {
    /** It has them. */
    record Wanted() implements Shown {}

    /** It said that it applied them, and shows others. */
    record Other() implements Shown {}

    /**
     * It can't have them.
     *
     * @param error the node's error object
     */
    record Refused(ObjectNode error) implements Shown {}

    /** Nobody can say now. */
    record Unknown(String reason) implements Shown {}
}
