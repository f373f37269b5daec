package io.miroir.fanout.lane;

import io.miroir.api.Json;
import io.miroir.fanout.answer.IndexProfile;
import io.miroir.fanout.answer.NodeErrors;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What nodes say of an index, with the name that the client knows and without what is ours. */
public final class ClientWords {
    private ClientWords() {}

    /** A copy of a node's error object with the client's index uid in its message. */
    public static ObjectNode of(JsonNode nodeError, String physicalUid, String indexUid) {
        ObjectNode error = (ObjectNode) nodeError.deepCopy();
        String message = error.path("message").asString("");
        error.put("message", text(message, physicalUid, indexUid));
        return error;
    }

    private static String text(String message, String physicalUid, String indexUid) {
        Pattern alone = Pattern.compile("(?<![A-Za-z0-9_-])" + physicalUid + "(?![A-Za-z0-9_-])");
        String named = alone.matcher(message).replaceAll(Matcher.quoteReplacement(indexUid));
        return NodeErrors.forClient(
                named, List.of(IndexProfile.of(indexUid, physicalUid, null, Json.object())));
    }
}
