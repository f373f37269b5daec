package io.miroir.fanout.answer;

import io.miroir.core.routing.Separators;
import io.miroir.core.topology.ShardSet;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A page of a walk through all documents of an index, from all its shards together, in the order in
 * which they were written. A document that is written again while the walk goes on takes a place at
 * its end, so none that is there all the while is passed over (protocol, rule 14).
 *
 * @param documents without reserved fields, with their vectors
 * @param next the place to go on behind; null at the end
 */
public record SequencePage(List<ObjectNode> documents, @Nullable String next) {
    private static final String VECTORS = "_vectors";

    public SequencePage {
        documents = List.copyOf(documents);
    }

    /**
     * What a node is asked on its fetch route.
     *
     * @param after the place to go on behind; null for the beginning
     * @param filter only what it matches; null for all
     * @param only the shards to list, or null if the node holds no other
     */
    public static ObjectNode nodeRequest(
            @Nullable String after, int limit, @Nullable JsonNode filter, @Nullable ShardSet only) {
        ObjectNode request = JsonNodeFactory.instance.objectNode();
        request.put("limit", limit);
        request.put("retrieveVectors", true);
        request.putArray("sort").add(ScoreDetails.TIE_RULE);
        if (filter != null) {
            request.set("filter", filter);
        }
        if (after != null) {
            NodeFilter.add(request, Separators.SEQ_FIELD + " > \"" + after + "\"");
        }
        NodeFilter.restrict(request, only);
        return request;
    }

    /**
     * The page of the answers to one such request. Takes the answers apart.
     *
     * @param limit what each node was asked for
     */
    public static SequencePage of(List<ObjectNode> answers, int limit) {
        String next = null;
        List<ObjectNode> documents = new ArrayList<>();
        for (ObjectNode answer : answers) {
            JsonNode results = answer.path("results");
            results.forEach(document -> documents.add((ObjectNode) document));
            if (results.size() >= limit) {
                // Behind its last one a full answer leaves something out.
                String last = place(results.get(results.size() - 1));
                next = next == null || last.compareTo(next) < 0 ? last : next;
            }
        }
        String end = next;
        documents.removeIf(document -> end != null && place(document).compareTo(end) > 0);
        documents.sort(Comparator.comparing(SequencePage::place));
        documents.forEach(SequencePage::strip);
        return new SequencePage(documents, next);
    }

    private static String place(JsonNode document) {
        return document.path(Separators.SEQ_FIELD).asString("");
    }

    private static void strip(ObjectNode document) {
        ReservedFields.strip(document);
        // Shown empty for each document that has none.
        if (document.path(VECTORS).isEmpty()) {
            document.remove(VECTORS);
        }
    }
}
