package io.miroir.cluster.identity;

import io.miroir.api.Json;
import io.miroir.fanout.AnswerShape;
import io.miroir.fanout.NodeBody;
import io.miroir.fanout.NodeReply;
import io.miroir.fanout.NodeRequest;
import io.miroir.fanout.Nodes;
import java.time.Duration;
import java.util.OptionalLong;
import tools.jackson.databind.JsonNode;

/** Reads and writes the marks of nodes. */
public final class NodeMarks {
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private final Nodes nodes;

    /** The marks of these nodes. */
    public NodeMarks(Nodes nodes) {
        this.nodes = nodes;
    }

    Reading read(String node) {
        String target = "/indexes/" + NodeMark.INDEX + "/documents/" + NodeMark.ID;
        NodeRequest look = NodeRequest.get("identity", target, TIMEOUT).expecting(NodeMark::isOne);
        return switch (nodes.ask(node, look)) {
            case NodeReply.Answer answer -> new Reading.Marked(NodeMark.of(answer.body()));
            case NodeReply.Refusal refusal when refusal.status() == 404 -> new Reading.Unmarked();
            case NodeReply.Refusal refusal -> new Reading.Unknown("refused: " + refusal.code());
            case NodeReply.Failure failure ->
                    new Reading.Unknown(failure.kind().label() + ": " + failure.detail());
        };
    }

    /** Writes a mark; it is there when the node has come to it. */
    void write(NodeMark mark) {
        NodeRequest put =
                NodeRequest.post(
                        "identity",
                        "/indexes/" + NodeMark.INDEX + "/documents?primaryKey=" + NodeMark.KEY,
                        NodeBody.json(Json.array().add(mark.document())),
                        TIMEOUT);
        // Whatever becomes of it is seen when the mark is read.
        NodeReply _ = nodes.ask(mark.node(), put);
    }

    /** The number of the latest task that a node took; empty if it does not say. */
    OptionalLong latestTask(String node) {
        NodeRequest look =
                NodeRequest.get("identity", "/tasks?limit=1", TIMEOUT).expecting(AnswerShape.TASKS);
        if (!(nodes.ask(node, look) instanceof NodeReply.Answer answer)) {
            return OptionalLong.empty();
        }
        JsonNode uid = answer.body().path("results").path(0).path("uid");
        return OptionalLong.of(uid.asLong(-1));
    }
}
