package io.miroir.api.rules;

import io.miroir.api.Json;
import io.miroir.api.Timestamps;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A change of a rule as Meilisearch writes it, whatever the client's way: its fields in their
 * order, dates in their form, and what it does not know left out.
 */
final class RuleChange {
    static final String UID = "uid";
    static final String DESCRIPTION = "description";
    static final String PRECEDENCE = "precedence";
    static final String ACTIVE = "active";
    static final String CONDITIONS = "conditions";
    static final String ACTIONS = "actions";
    static final String TIME = "time";
    static final String QUERY = "query";

    private RuleChange() {}

    /**
     * The change that a valid body asks for. A field that is null goes back to what it is at first;
     * one that is absent stays.
     */
    static ObjectNode of(JsonNode body) {
        ObjectNode change = Json.object();
        for (String field : List.of(DESCRIPTION, PRECEDENCE, ACTIVE)) {
            copy(body, field, change);
        }
        JsonNode conditions = body.path(CONDITIONS);
        if (conditions.isObject()) {
            change.set(CONDITIONS, conditions(conditions));
        } else {
            copy(body, CONDITIONS, change);
        }
        if (body.path(ACTIONS).isArray()) {
            ArrayNode actions = change.putArray(ACTIONS);
            body.path(ACTIONS).forEach(action -> actions.add(action(action)));
        } else {
            copy(body, ACTIONS, change);
        }
        return change;
    }

    private static ObjectNode conditions(JsonNode conditions) {
        ObjectNode written = Json.object();
        if (conditions.path(TIME).isObject()) {
            ObjectNode time = written.putObject(TIME);
            for (String bound : List.of("start", "end")) {
                Timestamps.parseRfc3339(conditions.path(TIME).path(bound).asString(""))
                        .ifPresent(date -> time.put(bound, Timestamps.rfc3339(date)));
            }
        }
        if (conditions.path(QUERY).isObject()) {
            ObjectNode query = written.putObject(QUERY);
            for (String field : List.of("isEmpty", "words")) {
                if (conditions.path(QUERY).hasNonNull(field)) {
                    copy(conditions.path(QUERY), field, query);
                }
            }
        }
        return written;
    }

    private static ObjectNode action(JsonNode action) {
        ObjectNode written = Json.object();
        ObjectNode selector = written.putObject("selector");
        if (action.path("selector").hasNonNull("indexUid")) {
            copy(action.path("selector"), "indexUid", selector);
        }
        copy(action.path("selector"), "id", selector);
        ObjectNode done = written.putObject("action");
        copy(action.path("action"), "type", done);
        copy(action.path("action"), "position", done);
        return written;
    }

    private static void copy(JsonNode from, String field, ObjectNode to) {
        JsonNode value = from.get(field);
        if (value != null) {
            to.set(field, value);
        }
    }
}
