package io.miroir.api.settings;

import io.miroir.api.ApiException;
import io.miroir.api.Json;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What becomes of one embedder by a change of it, as Meilisearch finds when it runs the task. */
final class EmbedderChange {
    private static final String SOURCE = "source";
    private static final String TEMPLATE = "documentTemplate";
    private static final String TEMPLATE_BYTES = "documentTemplateMaxBytes";

    /** These stay when it gets another source. One that has no such thing is refused for them. */
    private static final List<String> KEPT =
            List.of(
                    "apiKey",
                    "distribution",
                    "binaryQuantized",
                    "searchEmbedder",
                    "indexingEmbedder");

    /** These go then, if that has no such thing. */
    private static final List<String> KEPT_IF_KNOWN = List.of(TEMPLATE, TEMPLATE_BYTES);

    private EmbedderChange() {}

    /**
     * The embedder after the change.
     *
     * @param before missing if there is none of that name
     * @throws ApiException if both together are none
     */
    static ObjectNode of(String name, JsonNode before, ObjectNode change) {
        String known = sourceOf(before, EmbedderDefaults.SOURCE);
        String source = sourceOf(change, known);
        ObjectNode next =
                source.equals(known) && before instanceof ObjectNode same
                        ? same.deepCopy()
                        : kept(before, source);
        for (Map.Entry<String, JsonNode> member : change.properties()) {
            next.set(member.getKey(), member.getValue().deepCopy());
        }
        next.put(SOURCE, source);
        boolean ownTemplate = hasTemplate(before, change, source);
        if (ownTemplate) {
            EmbedderRules.requireNotZero(name, TEMPLATE_BYTES, next);
        }
        EmbedderRules.check(name, next);
        if (!ownTemplate) {
            // Meilisearch takes the default for both where there is no template, whatever is asked.
            next.remove(KEPT_IF_KNOWN);
        }
        next.propertyStream()
                .filter(member -> member.getValue().isNull())
                .map(Map.Entry::getKey)
                .toList()
                .forEach(next::remove);
        return next;
    }

    /** Null sets it back. */
    private static String sourceOf(JsonNode embedder, String absent) {
        JsonNode source = embedder.path(SOURCE);
        return source.isMissingNode() ? absent : source.asString(EmbedderDefaults.SOURCE);
    }

    private static ObjectNode kept(JsonNode before, String source) {
        ObjectNode kept = Json.object();
        for (String member : KEPT) {
            if (before.has(member)) {
                kept.set(member, before.get(member).deepCopy());
            }
        }
        for (String member : KEPT_IF_KNOWN) {
            if (before.has(member) && EmbedderRules.permits(source, member)) {
                kept.set(member, before.get(member));
            }
        }
        return kept;
    }

    /**
     * Whether it is given one, or has one, which may be the default that it got when it was made.
     */
    private static boolean hasTemplate(JsonNode before, ObjectNode change, String source) {
        if (change.has(TEMPLATE)) {
            return change.path(TEMPLATE).isString();
        }
        return EmbedderRules.permits(source, TEMPLATE)
                && before.isObject()
                && EmbedderRules.permits(sourceOf(before, EmbedderDefaults.SOURCE), TEMPLATE)
                && !before.hasNonNull("indexingFragments")
                && !before.hasNonNull("searchFragments");
    }
}
