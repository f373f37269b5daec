package io.miroir.fanout.lane;

import io.miroir.store.index.IndexRow;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/**
 * An item's place in its lane.
 *
 * @param epoch the claim under which it is dispatched
 * @param position its number
 * @param incarnation of its index
 */
record Place(String lane, long epoch, long position, long incarnation) {
    /** The name that nodes know the index by. */
    String physicalUid() {
        return IndexRow.physicalUid(incarnation);
    }

    /**
     * What each dispatch carries, so that its task can be found on the node whatever became of the
     * answer (protocol, rule 4).
     */
    String metadata() {
        return "miroir:" + epoch + ":" + position + ":" + lane;
    }

    /** The path of the index on nodes, with what follows. */
    String path(String rest) {
        return "/indexes/" + physicalUid() + rest;
    }

    /** A path whose task will carry the metadata; only document routes can. */
    String markedPath(String rest) {
        String separator = rest.contains("?") ? "&" : "?";
        return path(rest)
                + separator
                + "customMetadata="
                + URLEncoder.encode(metadata(), StandardCharsets.UTF_8);
    }
}
