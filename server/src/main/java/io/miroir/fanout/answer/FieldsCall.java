package io.miroir.fanout.answer;

import io.miroir.api.indexes.FieldsRequest;
import io.miroir.core.routing.Separators;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The fields of an index from those of its nodes. A node knows the fields that its documents have
 * or had, and says of each what all nodes would: they have the same settings. What clients may see
 * is not among those, since nodes show everything.
 */
public final class FieldsCall {
    /** Meilisearch's limit, so that one page holds all. */
    private static final int FIELDS_MAX = 65_536;

    private static final String DISPLAYED = "displayed";

    private final FieldsRequest client;
    private final IndexProfile index;

    private FieldsCall(FieldsRequest client, IndexProfile index) {
        this.client = client;
        this.index = index;
    }

    /** A call for a client. */
    public static FieldsCall of(FieldsRequest client, IndexProfile index) {
        return new FieldsCall(client, index);
    }

    /** What a node is asked: all fields that pass the client's filter, as far as it can tell. */
    public ObjectNode nodeRequest() {
        ObjectNode request = JsonNodeFactory.instance.objectNode();
        request.put("offset", 0).put("limit", FIELDS_MAX);
        ObjectNode filter = client.filter().deepCopy();
        filter.remove(DISPLAYED);
        if (!filter.isEmpty()) {
            request.set("filter", filter);
        }
        return request;
    }

    /** The client's answer. */
    public ObjectNode merge(List<ObjectNode> answers) {
        Map<String, ObjectNode> byName = new LinkedHashMap<>();
        for (ObjectNode answer : answers) {
            for (JsonNode field : answer.path("results")) {
                if (field instanceof ObjectNode object) {
                    byName.putIfAbsent(FieldsRequest.name(object), object);
                }
            }
        }
        byName.keySet().removeIf(Separators::isReserved);
        byName.forEach(
                (name, field) -> field.putObject(DISPLAYED).put("enabled", index.displays(name)));
        JsonNode wanted = client.filter().path(DISPLAYED);
        if (wanted.isBoolean()) {
            byName.keySet().removeIf(name -> index.displays(name) != wanted.asBoolean());
        }
        return client.page(new ArrayList<>(byName.values()));
    }
}
