package io.miroir.capability.partitioned.drop;

import io.miroir.api.Json;
import io.miroir.fanout.NodeClient;
import io.miroir.fanout.NodeReply;
import io.miroir.fanout.NodeRequest;
import java.util.ArrayDeque;
import java.util.Deque;
import tools.jackson.databind.node.ObjectNode;

/** A node that may have one index, and does its tasks when it is told to. */
final class KeepingNode implements NodeClient {
    private static final String DELETION = "indexDeletion";

    private final Deque<String> open = new ArrayDeque<>();
    boolean there = true;
    boolean silent;
    int asked;
    int deletions;

    /** A task that makes the index, and has not ended. */
    void create() {
        open.add("indexCreation");
    }

    void work() {
        String next = open.poll();
        if (next != null) {
            there = !next.equals(DELETION);
        }
    }

    @Override
    public NodeReply send(NodeRequest request) {
        asked++;
        if (silent) {
            return new NodeReply.Failure(NodeReply.Kind.TIMEOUT, "silence");
        }
        String target = request.target();
        if (request.method().equals("DELETE")) {
            deletions++;
            open.add(DELETION);
            return new NodeReply.Answer(202, Json.object().put("taskUid", deletions));
        }
        if (target.startsWith("/tasks?")) {
            return new NodeReply.Answer(200, tasks(target.contains("types=" + DELETION)));
        }
        String missing = "index_not_found";
        return there
                ? new NodeReply.Answer(200, Json.object().put("uid", "m"))
                : new NodeReply.Refusal(404, missing, missing, Json.object().put("code", missing));
    }

    private ObjectNode tasks(boolean deletionsOnly) {
        ObjectNode list = Json.object();
        var results = list.putArray("results");
        open.stream()
                .filter(type -> !deletionsOnly || type.equals(DELETION))
                .forEach(type -> results.addObject().put("uid", 1).put("type", type));
        return list;
    }
}
