package io.miroir.fanout.lane;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What nodes say of an index, with the name that the client knows. */
public final class ClientWords {
    private ClientWords() {}

    /** A copy of a node's error object with the client's index uid in its message. */
    public static ObjectNode of(JsonNode nodeError, String physicalUid, String indexUid) {
        ObjectNode error = (ObjectNode) nodeError.deepCopy();
        String message = error.path("message").asString("");
        error.put("message", text(message, physicalUid, indexUid));
        return error;
    }

    /** Replaces the physical uid where it stands alone. */
    public static String text(String message, String physicalUid, String indexUid) {
        Pattern alone = Pattern.compile("(?<![A-Za-z0-9_-])" + physicalUid + "(?![A-Za-z0-9_-])");
        return alone.matcher(message).replaceAll(Matcher.quoteReplacement(indexUid));
    }
}
