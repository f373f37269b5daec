package io.miroir.fanout.copy;

import io.miroir.fanout.AnswerShape;
import io.miroir.fanout.NodeReply;
import io.miroir.fanout.NodeRequest;
import io.miroir.fanout.Nodes;
import java.time.Duration;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * An index on one node, whether the catalogue has it or not.
 *
 * @param physicalUid the name that the node knows it by
 */
public record NodeIndex(Nodes nodes, String node, String physicalUid) {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final String NOT_FOUND = "index_not_found";

    /** Whether the node has none, and has nothing to do that would make it. */
    public boolean isGone() {
        // In this order: what is done in between would be seen by neither.
        return tasks().isAtRest() && find().isEmpty();
    }

    /** What the node says of it; empty if it has none. */
    public Optional<JsonNode> find() {
        NodeRequest look = NodeRequest.get("index", target(), TIMEOUT).expecting(AnswerShape.INDEX);
        return switch (nodes.ask(node, look)) {
            case NodeReply.Answer answer -> Optional.of(answer.body());
            case NodeReply.Refusal refusal when refusal.code().equals(NOT_FOUND) ->
                    Optional.empty();
            case NodeReply.Refusal refusal ->
                    throw new CopyFailedException("node " + node + ": " + refusal.message());
            case NodeReply.Failure failure ->
                    throw new CopyFailedException("node " + node + ": " + failure.detail());
        };
    }

    /** Whether it was told to delete it, and has not come to that. */
    public boolean isBeingDeleted() {
        return tasks().deletesIndex();
    }

    /** Tells it to delete the index, and does not wait for that. */
    public void delete() {
        NodeRequest request =
                new NodeRequest("index", "DELETE", target(), null, TIMEOUT)
                        .expecting(AnswerShape.ENQUEUED);
        JsonNode _ = NodeDocuments.answer(nodes, node, request);
    }

    private NodeTasks tasks() {
        return new NodeTasks(nodes, node, physicalUid);
    }

    private String target() {
        return "/indexes/" + physicalUid;
    }
}
