package io.miroir.fanout.answer;

import io.miroir.api.search.NodesFilter;
import io.miroir.api.settings.FilterableRule;
import io.miroir.core.routing.Separators;
import io.miroir.core.topology.ShardSet;
import java.util.Collection;
import java.util.List;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Conditions of Miroir's own, put before a client's filter. The list form of filters is a
 * conjunction of expressions, so no client text has to be quoted.
 */
public final class NodeFilter {
    private static final String FILTER = "filter";

    private NodeFilter() {}

    /** The condition that a document is of one of the shards. */
    public static String shards(ShardSet shards) {
        StringJoiner values = new StringJoiner("\", \"", Separators.SHARD_FIELD + " IN [\"", "\"]");
        shards.stream().forEach(shard -> values.add(Separators.shard(shard)));
        return values.toString();
    }

    /** The condition that a document is one of those with these sequence numbers. */
    static String documents(Collection<String> ties) {
        StringJoiner values = new StringJoiner("\", \"", Separators.SEQ_FIELD + " IN [\"", "\"]");
        ties.forEach(values::add);
        return values.toString();
    }

    /** The client's request, with its filter in words that all nodes take alike. */
    static ObjectNode spelledOut(ObjectNode client, List<FilterableRule> filterable) {
        JsonNode asked = client.get(FILTER);
        if (asked == null) {
            return client;
        }
        ObjectNode request = client.objectNode();
        request.setAll(client);
        request.set(FILTER, NodesFilter.of(asked, filterable));
        return request;
    }

    /** Restricts a request to shards; null restricts nothing (protocol, rule 10). */
    static void restrict(ObjectNode request, @Nullable ShardSet only) {
        if (only != null) {
            add(request, shards(only));
        }
    }

    /** Puts a condition before what the request filters by. */
    static void add(ObjectNode request, String condition) {
        JsonNode client = request.path(FILTER);
        ArrayNode all = request.arrayNode().add(condition);
        if (client instanceof ArrayNode conditions) {
            all.addAll(conditions);
        } else if (!client.isMissingNode() && !client.isNull() && !isBlank(client)) {
            // Also what is no filter at all: the node refuses it, where leaving it out would show
            // more than was asked for.
            all.add(client);
        }
        request.set(FILTER, all);
    }

    private static boolean isBlank(JsonNode filter) {
        return filter.isString() && filter.asString().isBlank();
    }
}
