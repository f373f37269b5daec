package io.miroir.fanout.answer;

import io.miroir.api.documents.PrimaryKey;
import io.miroir.api.settings.Setting;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Fields of hits that hold keys of documents of another index, and these documents in their place.
 *
 * @param foreignUid the other index
 * @param fields of the hits
 */
public record ForeignKeys(String foreignUid, List<String> fields) {
    private static final String FORMATTED = "_formatted";

    /** Those that an index has by its settings, of each other index. */
    public static List<ForeignKeys> of(JsonNode settings) {
        Map<String, List<String>> fields =
                StreamSupport.stream(settings.path(Setting.FOREIGN_KEYS.key()).spliterator(), false)
                        .collect(
                                Collectors.groupingBy(
                                        key -> key.path("foreignIndexUid").asString(""),
                                        Collectors.mapping(
                                                key -> key.path("fieldName").asString(""),
                                                Collectors.toList())));
        return fields.entrySet().stream()
                .map(entry -> new ForeignKeys(entry.getKey(), entry.getValue()))
                .toList();
    }

    /** The keys that these hits hold. */
    public Set<String> ids(List<ObjectNode> hits) {
        Set<String> ids = new LinkedHashSet<>();
        visit(
                hits,
                value -> {
                    id(value).ifPresent(ids::add);
                    return value;
                });
        return ids;
    }

    /**
     * Puts documents in the place of their keys. A key of no document becomes an empty one, as in
     * Meilisearch; what can't be a key stays.
     *
     * @param documents by their keys
     */
    public void write(List<ObjectNode> hits, Map<String, ObjectNode> documents) {
        visit(
                hits,
                value ->
                        id(value)
                                .<JsonNode>map(
                                        id -> {
                                            ObjectNode known = documents.get(id);
                                            return known == null
                                                    ? JsonNodeFactory.instance.objectNode()
                                                    : known.deepCopy();
                                        })
                                .orElse(value));
    }

    private void visit(List<ObjectNode> hits, Attributes.Change change) {
        for (ObjectNode hit : hits) {
            for (String field : fields) {
                Attributes.replace(hit, field, change);
                Attributes.replace(hit.path(FORMATTED), field, change);
            }
        }
    }

    private static Optional<String> id(JsonNode value) {
        String text = value.isString() || value.isIntegralNumber() ? value.asString() : "";
        return PrimaryKey.isId(text) ? Optional.of(text) : Optional.empty();
    }
}
