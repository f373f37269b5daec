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

    /** What a dispatch of this item alone carries. */
    Mark mark() {
        return new Mark(lane, epoch, position, position);
    }

    /** The same as text. */
    String metadata() {
        return mark().text();
    }

    /** The path of the index on nodes, with what follows. */
    String path(String rest) {
        return "/indexes/" + physicalUid() + rest;
    }

    /** A path whose task will carry the metadata; only document routes can. */
    String markedPath(String rest) {
        return markedPath(rest, mark());
    }

    /** A path whose task will carry a mark of several items, this one among them. */
    String markedPath(String rest, Mark mark) {
        String separator = rest.contains("?") ? "&" : "?";
        return path(rest)
                + separator
                + "customMetadata="
                + URLEncoder.encode(mark.text(), StandardCharsets.UTF_8);
    }
}
