package io.miroir.capability.partitioned.verify;

import io.miroir.api.Json;
import io.miroir.core.routing.Separators;
import io.miroir.fanout.AnswerShape;
import io.miroir.fanout.NodeBody;
import io.miroir.fanout.NodeReply;
import io.miroir.fanout.NodeRequest;
import io.miroir.fanout.Nodes;
import io.miroir.fanout.copy.CopyFailedException;
import io.miroir.fanout.copy.NodeTasks;
import io.miroir.fanout.copy.ShardDigest;
import io.miroir.fanout.copy.StoredDocument;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads all documents of an index from a node, page by page, and digests them by shard. */
final class NodeDigests {
    private static final int PAGE_DOCUMENTS = 500;
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final Nodes nodes;

    NodeDigests(Nodes nodes) {
        this.nodes = nodes;
    }

    /**
     * The digests of an index that nobody writes to.
     *
     * @return empty if the node does not answer or has not done all that it was told
     */
    Optional<List<ShardDigest>> of(String node, String physicalUid, int shards) {
        if (!isAtRest(node, physicalUid)) {
            return Optional.empty();
        }
        List<ShardDigest> digests = new ArrayList<>(Collections.nCopies(shards, ShardDigest.EMPTY));
        for (long offset = 0; ; offset += PAGE_DOCUMENTS) {
            switch (nodes.ask(node, page(physicalUid, offset))) {
                case NodeReply.Answer answer -> {
                    JsonNode documents = answer.body().path("results");
                    for (JsonNode document : documents) {
                        add(digests, document);
                    }
                    if (documents.size() < PAGE_DOCUMENTS) {
                        return Optional.of(digests);
                    }
                }
                case NodeReply.Refusal refusal when refusal.code().equals("index_not_found") -> {
                    // A node without the index has none of its documents.
                    return Optional.of(digests);
                }
                case NodeReply.Refusal _ -> {
                    return Optional.empty();
                }
                case NodeReply.Failure _ -> {
                    return Optional.empty();
                }
            }
        }
    }

    private boolean isAtRest(String node, String physicalUid) {
        try {
            return new NodeTasks(nodes, node, physicalUid).isAtRest();
        } catch (CopyFailedException silent) {
            return false;
        }
    }

    private static NodeRequest page(String physicalUid, long offset) {
        ObjectNode body = Json.object();
        body.put("offset", offset).put("limit", PAGE_DOCUMENTS);
        return NodeRequest.post(
                        "verify",
                        "/indexes/" + physicalUid + "/documents/fetch",
                        NodeBody.json(body),
                        TIMEOUT)
                .expecting(AnswerShape.DOCUMENTS);
    }

    private static void add(List<ShardDigest> digests, JsonNode document) {
        String text = document.path(Separators.SHARD_FIELD).asString("");
        int shard = text.length() == Separators.SHARD_WIDTH ? (int) Separators.decode(text) : -1;
        if (shard >= 0 && shard < digests.size()) {
            long hash = StoredDocument.of((ObjectNode) document).digest();
            digests.set(shard, digests.get(shard).with(hash));
        }
    }
}
