package io.miroir.fanout.read;

import io.miroir.api.ApiException;
import io.miroir.core.plan.SearchPlan.NodeShards;
import io.miroir.core.topology.ShardSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What came back from the nodes that were asked to cover some shards.
 *
 * @param parts the answers; each wanted shard is in exactly one, or uncovered
 * @param uncovered shards that no replica in sync answered for
 * @param refusal what the nodes found wrong with the request, in the client's words
 */
record Coverage(List<Part> parts, ShardSet uncovered, Optional<ApiException> refusal) {
    /** Nothing was asked. */
    static final Coverage NONE = new Coverage(List.of(), ShardSet.none(), Optional.empty());

    /** One node's answer for some shards. */
    record Part(NodeShards asked, JsonNode answer) {}

    /** Whether nothing is uncovered here that another covers. */
    boolean isAsWholeAs(Coverage other) {
        return uncovered.andNot(other.uncovered).isEmpty();
    }

    /** The nodes that gave them. */
    Set<String> askedNodes() {
        return parts.stream().map(part -> part.asked().nodeId()).collect(Collectors.toSet());
    }

    /** The answers to several questions about the same shards, as one. */
    static Coverage together(List<Coverage> all) {
        return new Coverage(
                all.stream().flatMap(each -> each.parts.stream()).toList(),
                all.stream().map(Coverage::uncovered).reduce(ShardSet.none(), ShardSet::or),
                all.stream().flatMap(each -> each.refusal.stream()).findFirst());
    }

    /** The answers as objects. */
    List<ObjectNode> answers() {
        return parts.stream().map(part -> (ObjectNode) part.answer()).toList();
    }
}
