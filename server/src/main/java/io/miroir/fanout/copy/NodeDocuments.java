package io.miroir.fanout.copy;

import io.miroir.api.Json;
import io.miroir.core.routing.Separators;
import io.miroir.core.topology.ShardSet;
import io.miroir.fanout.AnswerShape;
import io.miroir.fanout.NodeBody;
import io.miroir.fanout.NodeReply;
import io.miroir.fanout.NodeRequest;
import io.miroir.fanout.Nodes;
import io.miroir.fanout.answer.NodeFilter;
import io.miroir.fanout.answer.SequencePage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What one node has of some shards of an index.
 *
 * @param physicalUid the name that nodes know the index by
 */
public record NodeDocuments(Nodes nodes, String node, String physicalUid, ShardSet shards) {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final String NO_INDEX = "index_not_found";

    /**
     * Documents in the order in which they were written.
     *
     * @param after the sequence number to go on behind; null for the beginning
     * @return as many as {@code limit}, unless these are the last
     * @throws CopyFailedException if the node does not answer
     */
    public List<StoredDocument> page(@Nullable String after, int limit) {
        return read(SequencePage.nodeRequest(after, limit, null, shards));
    }

    /** Those of these ids that are there, in any order. */
    public List<StoredDocument> byIds(Collection<String> ids) {
        ObjectNode request = Json.object();
        ArrayNode wanted = request.putArray("ids");
        ids.forEach(wanted::add);
        request.put("limit", ids.size());
        request.put("retrieveVectors", true);
        request.put("filter", NodeFilter.shards(shards));
        return read(request);
    }

    /** How many there are; empty if the node does not have the index at all. */
    public OptionalLong count() {
        NodeReply reply =
                nodes.ask(
                        node,
                        fetch(
                                Json.object()
                                        .put("limit", 0)
                                        .put("filter", NodeFilter.shards(shards))));
        return reply instanceof NodeReply.Refusal refusal && refusal.code().equals(NO_INDEX)
                ? OptionalLong.empty()
                : OptionalLong.of(answer(node, reply).path("total").asLong());
    }

    /** The position of the write that the last document is of; 0 if there is no document. */
    public long newestPosition() {
        ObjectNode request = Json.object().put("limit", 1);
        request.putArray("sort").add(Separators.SEQ_FIELD + ":desc");
        request.putArray("fields").add(Separators.SEQ_FIELD);
        request.put("filter", NodeFilter.shards(shards));
        JsonNode newest = answer(nodes, node, fetch(request)).path("results").path(0);
        String seq = newest.path(Separators.SEQ_FIELD).asString("");
        return seq.isEmpty() ? 0 : Separators.decode(seq) >> Separators.ORDINAL_BITS;
    }

    private List<StoredDocument> read(ObjectNode request) {
        JsonNode results = answer(nodes, node, fetch(request)).path("results");
        List<StoredDocument> documents = new ArrayList<>(results.size());
        for (JsonNode document : results) {
            documents.add(StoredDocument.of((ObjectNode) document));
        }
        return documents;
    }

    private NodeRequest fetch(ObjectNode request) {
        return NodeRequest.post(
                        "copy",
                        "/indexes/" + physicalUid + "/documents/fetch",
                        NodeBody.json(request),
                        TIMEOUT)
                .expecting(AnswerShape.DOCUMENTS);
    }

    /** What a node answers; everything else ends the copy. */
    static JsonNode answer(Nodes nodes, String node, NodeRequest request) {
        return answer(node, nodes.ask(node, request));
    }

    private static JsonNode answer(String node, NodeReply reply) {
        return switch (reply) {
            case NodeReply.Answer answer -> answer.body();
            case NodeReply.Refusal refusal ->
                    throw new CopyFailedException(
                            "node "
                                    + node
                                    + " refuses: "
                                    + refusal.code()
                                    + ": "
                                    + refusal.message());
            case NodeReply.Failure failure ->
                    throw new CopyFailedException(
                            "node "
                                    + node
                                    + ": "
                                    + failure.kind().label()
                                    + ": "
                                    + failure.detail());
        };
    }
}
