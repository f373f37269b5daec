package io.miroir.api.settings;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.api.SealedValue;
import io.miroir.core.routing.Separators;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The settings that nodes get for the settings that a client set. Nodes need more than clients may
 * know of: the reserved fields, a last ranking rule that leaves no ties, values of facets beyond
 * the client's cut, and nothing hidden from the merge.
 *
 * <p>Searchable attributes stay as they are: an explicit list does not name the reserved fields,
 * and under {@code ["*"]} their values are separators, which no search finds (protocol, rule 13).
 * That does not hold if the client makes {@code -} or {@code _} a non-separator token.
 */
public final class NodeSettings {
    /**
     * Values that a node counts of each facet, if the client does not want more. Above this many
     * different values a facet ordered by count is a sum of what the nodes kept.
     */
    public static final int FACET_VALUES_MIN = 10_000;

    private static final String TIE_RULE = Separators.SEQ_FIELD + ":asc";

    /** Meilisearch's default template without the reserved fields. */
    private static final String DOCUMENT_TEMPLATE =
            "{% for field in fields %}"
                    + "{% assign start = field.name | slice: 0, 8 %}"
                    + "{% if start != \"_miroir_\" and field.is_searchable and field.value != nil %}"
                    + "{{ field.name }}: {{ field.value }}\n"
                    + "{% endif %}{% endfor %}";

    private NodeSettings() {}

    /**
     * The node's settings; the client's are not altered.
     *
     * @param client complete settings
     */
    public static ObjectNode derive(ObjectNode client) {
        ObjectNode node = client.deepCopy();
        // A node has neither all documents of the other index nor that index by the client's name.
        node.remove(Setting.FOREIGN_KEYS.key());
        // A node hides the values of sorts that it does not display; the merge compares them.
        node.putArray(Setting.DISPLAYED_ATTRIBUTES.key()).add("*");
        node.set(
                Setting.FILTERABLE_ATTRIBUTES.key(),
                filterable(client.path(Setting.FILTERABLE_ATTRIBUTES.key())));
        node.set(
                Setting.SORTABLE_ATTRIBUTES.key(),
                appended(client.path(Setting.SORTABLE_ATTRIBUTES.key()), Separators.SEQ_FIELD));
        JsonNode rules = client.path(Setting.RANKING_RULES.key());
        node.set(
                Setting.RANKING_RULES.key(),
                appended(rules.isArray() ? rules : Setting.RANKING_RULES.defaultValue(), TIE_RULE));
        raiseFacetCut(node);
        for (JsonNode embedder : node.path(Setting.EMBEDDERS.key())) {
            if (embedder instanceof ObjectNode object) {
                // Said, where a client says nothing: nodes keep what they had.
                EmbedderDefaults.complete(object);
                keepFromTemplate(object);
                if (object.get(EmbedderSource.INDEXING_PART) instanceof ObjectNode inner) {
                    keepFromTemplate(inner);
                }
            }
        }
        return node;
    }

    /**
     * What to send to a node so that it has these settings and no others.
     *
     * @param wanted whole
     * @param before what the node says it has
     */
    public static ObjectNode replacing(ObjectNode wanted, JsonNode before) {
        ObjectNode change = wanted.deepCopy();
        String embedders = Setting.EMBEDDERS.key();
        // They are merged by name, and each by its members: what is gone must be named.
        change.set(
                embedders, NodeEmbedders.replacing(wanted.path(embedders), before.path(embedders)));
        return change;
    }

    /**
     * Refuses settings that name reserved fields.
     *
     * @param changes settings as a client sends them
     * @throws ApiException with {@link ErrorCode#MIROIR_RESERVED_FIELD}
     */
    public static void refuseReserved(ObjectNode changes) {
        if (Json.text(changes.path(Setting.EMBEDDERS.key())).contains(SealedValue.MEMBER)) {
            throw new ApiException(
                    ErrorCode.MIROIR_RESERVED_FIELD,
                    "`" + SealedValue.MEMBER + "` in `embedders`: the name is reserved.");
        }
        for (Setting setting :
                List.of(
                        Setting.SEARCHABLE_ATTRIBUTES,
                        Setting.FILTERABLE_ATTRIBUTES,
                        Setting.SORTABLE_ATTRIBUTES,
                        Setting.DISPLAYED_ATTRIBUTES,
                        Setting.RANKING_RULES,
                        Setting.DISTINCT_ATTRIBUTE)) {
            String reserved = reservedIn(changes.path(setting.key()));
            if (reserved != null) {
                throw new ApiException(
                        ErrorCode.MIROIR_RESERVED_FIELD,
                        "`"
                                + reserved
                                + "` in `"
                                + setting.key()
                                + "`: names that begin with `"
                                + Separators.RESERVED_PREFIX
                                + "` are reserved.");
            }
        }
    }

    /** Our rule goes first: of several that match an attribute, the first decides. */
    private static ArrayNode filterable(JsonNode client) {
        ArrayNode all = Json.array();
        ObjectNode own = all.addObject();
        own.putArray("attributePatterns").add(Separators.SHARD_FIELD).add(Separators.SEQ_FIELD);
        ObjectNode features = own.putObject("features");
        features.put("facetSearch", false);
        features.putObject("filter").put("equality", true).put("comparison", true);
        client.forEach(all::add);
        return all;
    }

    private static ArrayNode appended(JsonNode list, String last) {
        ArrayNode all = Json.array();
        list.forEach(all::add);
        return all.add(last);
    }

    private static void raiseFacetCut(ObjectNode node) {
        ObjectNode faceting = (ObjectNode) node.get(Setting.FACETING.key());
        if (faceting == null) {
            faceting = node.putObject(Setting.FACETING.key());
        }
        long wanted = faceting.path("maxValuesPerFacet").asLong(0);
        faceting.put("maxValuesPerFacet", Math.max(wanted, FACET_VALUES_MIN));
    }

    private static void keepFromTemplate(ObjectNode embedder) {
        String template = embedder.path(EmbedderSource.TEMPLATE).asString("");
        if (template.equals(EmbedderDefaults.TEMPLATE)) {
            embedder.put(EmbedderSource.TEMPLATE, DOCUMENT_TEMPLATE);
        }
    }

    /** Puts the client's default in the place of that of nodes. */
    static void restoreTemplate(ObjectNode embedder) {
        String template = embedder.path(EmbedderSource.TEMPLATE).asString("");
        if (template.equals(DOCUMENT_TEMPLATE)) {
            embedder.put(EmbedderSource.TEMPLATE, EmbedderDefaults.TEMPLATE);
        }
    }

    private static @Nullable String reservedIn(JsonNode value) {
        if (value.isString()) {
            return Separators.isReserved(value.asString()) ? value.asString() : null;
        }
        for (JsonNode part : value) {
            String reserved = reservedIn(part);
            if (reserved != null) {
                return reserved;
            }
        }
        return null;
    }
}
