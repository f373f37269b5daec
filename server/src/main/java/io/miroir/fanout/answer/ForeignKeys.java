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

    /** The other index that a field holds keys of, by an index's settings. */
    public static Optional<String> uidOf(JsonNode settings, String field) {
        return settings.path(Setting.FOREIGN_KEYS.key())
                .valueStream()
                .filter(key -> key.path("fieldName").asString("").equals(field))
                .map(key -> key.path("foreignIndexUid").asString(""))
                .findFirst();
    }

    /** The key of a document as text; empty if it has none. */
    public static String id(JsonNode document, String primaryKey) {
        return HitView.id(document, primaryKey);
    }

    /**
     * The keys that these hits hold. Of a list those count that stand before what can't be a key,
     * as in Meilisearch; what is only formatted doesn't.
     */
    public Set<String> ids(List<ObjectNode> hits) {
        Set<String> ids = new LinkedHashSet<>();
        for (ObjectNode hit : hits) {
            for (String field : fields) {
                for (JsonNode value : Attributes.whole(hit, field)) {
                    addTo(ids, value);
                }
            }
        }
        return ids;
    }

    private static void addTo(Set<String> ids, JsonNode value) {
        if (!value.isArray()) {
            id(value).ifPresent(ids::add);
            return;
        }
        for (JsonNode element : value) {
            Optional<String> id = id(element);
            if (id.isEmpty()) {
                return;
            }
            ids.add(id.get());
        }
    }

    /**
     * The document as clients may see it in a hit.
     *
     * @param index of the document
     * @param primaryKey which it has in any case
     */
    public static void show(ObjectNode document, IndexProfile index, String primaryKey) {
        List<String> displayed = index.displayed();
        if (displayed != null && !Attributes.covers(displayed, primaryKey)) {
            Attributes.removeBeyond(displayed, document, primaryKey);
        }
    }

    /**
     * Puts documents in the place of their keys. A key of no document becomes an empty one, as in
     * Meilisearch; what is no key stays.
     *
     * @param ids that were looked up
     * @param documents by their keys
     */
    public void write(List<ObjectNode> hits, Set<String> ids, Map<String, ObjectNode> documents) {
        visit(
                hits,
                value ->
                        id(value)
                                .filter(ids::contains)
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
