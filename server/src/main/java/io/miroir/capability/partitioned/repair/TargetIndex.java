package io.miroir.capability.partitioned.repair;

import io.miroir.api.ApiException;
import io.miroir.api.Json;
import io.miroir.api.settings.NodeSettings;
import io.miroir.api.settings.SettingsSecrets;
import io.miroir.fanout.AnswerShape;
import io.miroir.fanout.NodeBody;
import io.miroir.fanout.NodeReply;
import io.miroir.fanout.NodeRequest;
import io.miroir.fanout.Nodes;
import io.miroir.fanout.copy.CopyFailedException;
import io.miroir.fanout.copy.NodeIndex;
import io.miroir.fanout.copy.TargetWriter;
import io.miroir.fanout.lane.SettingsReadBack;
import io.miroir.store.index.IndexRow;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Sees to it that a node has an index with the primary key and the settings in force. */
final class TargetIndex {
    private static final Logger LOG = LoggerFactory.getLogger(TargetIndex.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final String KEY = "primaryKey";

    /** How often settings are sent; who has others then is found at the end of the copy. */
    private static final int SENT_MAX = 2;

    private final Nodes nodes;
    private final String node;
    private final TargetWriter writer;

    TargetIndex(Nodes nodes, String node, TargetWriter writer) {
        this.nodes = nodes;
        this.node = node;
        this.writer = writer;
    }

    /** Whether the node has the index, with the primary key of the catalogue or none. */
    boolean exists(IndexRow index) {
        Optional<JsonNode> found = find(index);
        String key = found.map(one -> one.path(KEY).asString("")).orElse("");
        return found.isPresent() && (key.isEmpty() || key.equals(index.primaryKey()));
    }

    /** Makes the index, in place of one with another primary key. */
    void create(IndexRow index) throws InterruptedException {
        if (find(index).isPresent()) {
            LOG.warn("node {} has another primary key of {}: made anew", node, index.uid());
            writer.finish(request("index", "DELETE", "/indexes/" + index.physicalUid(), null));
        }
        ObjectNode body = Json.object().put("uid", index.physicalUid());
        if (index.primaryKey() != null) {
            body.put(KEY, index.primaryKey());
        }
        writer.finish(request("index", "POST", "/indexes", body));
    }

    /** Gives the index the settings in force, if it has others. */
    void settle(IndexRow index) throws InterruptedException {
        ObjectNode wanted = NodeSettings.derive(Json.parseObject(index.settingsJson()));
        String path = "/indexes/" + index.physicalUid() + "/settings";
        // A second time where an embedder had to go first.
        for (int sent = 0; sent < SENT_MAX; sent++) {
            JsonNode found = settings(index);
            if (SettingsReadBack.matches(wanted, found)) {
                return;
            }
            requireOpen(wanted, index);
            LOG.info("node {} gets the settings of {}", node, index.uid());
            writer.finish(
                    request("settings", "PATCH", path, NodeSettings.replacing(wanted, found)));
        }
    }

    private JsonNode settings(IndexRow index) {
        return switch (nodes.ask(node, SettingsReadBack.request(index.physicalUid()))) {
            case NodeReply.Answer answer -> answer.body();
            case NodeReply.Refusal refusal ->
                    throw new CopyFailedException("node " + node + ": " + refusal.message());
            case NodeReply.Failure failure ->
                    throw new CopyFailedException("node " + node + ": " + failure.detail());
        };
    }

    /** A node is given nothing rather than settings without a secret. */
    private static void requireOpen(ObjectNode settings, IndexRow index) {
        try {
            SettingsSecrets.requireOpen(settings, "index `" + index.uid() + "`");
        } catch (ApiException closed) {
            throw new CopyFailedException(closed.text());
        }
    }

    private Optional<JsonNode> find(IndexRow index) {
        return new NodeIndex(nodes, node, index.physicalUid()).find();
    }

    private static NodeRequest request(
            String operation, String method, String target, @Nullable JsonNode body) {
        return new NodeRequest(
                        operation,
                        method,
                        target,
                        body == null ? null : NodeBody.json(body),
                        TIMEOUT)
                .expecting(AnswerShape.ENQUEUED);
    }
}
