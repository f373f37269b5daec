package io.miroir.api.render;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.api.features.Feature;
import io.miroir.api.features.Features;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A template that a client names, as one that any node renders by itself: the nodes' own are others
 * than the client's where they would show reserved fields.
 */
public final class RenderTemplate {
    private static final String INDEX = "indexUid";
    private static final String EMBEDDER = "embedder";
    private static final String FRAGMENT = "fragment";
    private static final String INLINE = "inline";
    private static final String BYTES_MAX = "documentTemplateMaxBytes";
    private static final String TEMPLATE = "documentTemplate";

    private static final Set<String> OF_TEXT = Set.of("openAi", "huggingFace", "ollama", "rest");

    /** What an embedder has that was given none. */
    private static final String DEFAULT =
            "{% for field in fields %}"
                    + "{% if field.is_searchable and field.value != nil %}"
                    + "{{ field.name }}: {{ field.value }}\n"
                    + "{% endif %}{% endfor %}";

    /** A document beside a template has all fields searchable, as an index without a choice. */
    private static final Pattern FIELDS = Pattern.compile("\\bfields\\b");

    private final ObjectNode template;
    private final String kind;
    private final Function<String, Optional<JsonNode>> settings;
    private final Features features;

    private RenderTemplate(
            ObjectNode template, Function<String, Optional<JsonNode>> settings, Features features) {
        this.template = template;
        this.kind = template.path("kind").asString("");
        this.settings = settings;
        this.features = features;
    }

    /**
     * What nodes are to render.
     *
     * @param template of the client's body, well formed
     * @param settings of an index by the client's name; empty if there is none
     * @throws ApiException in Meilisearch's words, or if a cluster can't do it
     */
    public static ObjectNode forNodes(
            ObjectNode template, Function<String, Optional<JsonNode>> settings, Features features) {
        RenderTemplate asked = new RenderTemplate(template, settings, features);
        return switch (asked.kind) {
            case TEMPLATE -> asked.ofEmbedder();
            case "chatDocumentTemplate" -> asked.ofChat();
            case "indexingFragment" -> asked.ofFragments(true);
            case "searchFragment" -> asked.ofFragments(false);
            // Nodes find out what is wrong with it.
            default -> template;
        };
    }

    private ObjectNode ofEmbedder() {
        refuse(FRAGMENT, FRAGMENT);
        refuse(INLINE, INLINE);
        String index = require(INDEX, "index_uid");
        String name = require(EMBEDDER, EMBEDDER);
        JsonNode ofIndex = open(index);
        JsonNode embedder = part(embedder(ofIndex, index, name), true);
        if (!OF_TEXT.contains(embedder.path("source").asString("")) || hasFragments(embedder)) {
            throw wrong(named(index, name) + " does not use a document template.");
        }
        return inline(ofIndex, embedder);
    }

    /**
     * A template with its text.
     *
     * @param owner has one, or that by default
     */
    private ObjectNode inline(JsonNode ofIndex, JsonNode owner) {
        String text = owner.path(TEMPLATE).asString(DEFAULT);
        List<JsonNode> searchable = ofIndex.path("searchableAttributes").valueStream().toList();
        boolean all = searchable.stream().anyMatch(attribute -> attribute.asString("").equals("*"));
        if (!all && FIELDS.matcher(text).find()) {
            throw new ApiException(
                    ErrorCode.MIROIR_NOT_IMPLEMENTED,
                    "A Miroir cluster renders a template that goes through `fields` only where all"
                            + " attributes of the index are searchable.");
        }
        ObjectNode inline = Json.object().put("kind", "inlineDocumentTemplate").put(INLINE, text);
        JsonNode bytes = template.hasNonNull(BYTES_MAX) ? template : owner;
        if (bytes.hasNonNull(BYTES_MAX)) {
            inline.set(BYTES_MAX, bytes.path(BYTES_MAX));
        }
        return inline;
    }

    /** No index has settings of its own for chats: it is the default everywhere. */
    private ObjectNode ofChat() {
        requireFeature(Feature.CHAT_COMPLETIONS, "accessing chat settings");
        String index = require(INDEX, "index_uid");
        refuse(EMBEDDER, EMBEDDER);
        refuse(FRAGMENT, FRAGMENT);
        refuse(INLINE, INLINE);
        return inline(open(index), Json.object());
    }

    private ObjectNode ofFragments(boolean ofIndexing) {
        requireFeature(Feature.MULTIMODAL, "accessing fragments");
        String index = require(INDEX, "index_uid");
        String name = require(EMBEDDER, EMBEDDER);
        String fragment = require(FRAGMENT, FRAGMENT);
        refuse(INLINE, INLINE);
        refuse(BYTES_MAX, "document_template_max_bytes");
        JsonNode ofIndex = open(index);
        if (!ofIndexing && !ofIndex.path("embedders").has(name)) {
            // So Meilisearch has it.
            throw noFragment("indexing", fragment, name, index);
        }
        JsonNode embedder = embedder(ofIndex, index, name);
        if (!hasFragments(part(embedder, true))) {
            throw wrong(named(index, name) + " does not use fragments.");
        }
        JsonNode value =
                part(embedder, ofIndexing)
                        .path(ofIndexing ? "indexingFragments" : "searchFragments")
                        .path(fragment)
                        .path("value");
        if (value.isMissingNode()) {
            throw noFragment(ofIndexing ? "indexing" : "search", fragment, name, index);
        }
        ObjectNode inline = Json.object().put("kind", "inlineFragment");
        inline.set(INLINE, value);
        return inline;
    }

    private static JsonNode embedder(JsonNode ofIndex, String index, String name) {
        JsonNode embedder = ofIndex.path("embedders").path(name);
        if (!embedder.isObject()) {
            throw wrong("cannot find embedder `" + name + "` in index `" + index + "`");
        }
        return embedder;
    }

    /** A composite embedder is made of two. */
    private static JsonNode part(JsonNode embedder, boolean ofIndexing) {
        return embedder.path("source").asString("").equals("composite")
                ? embedder.path(ofIndexing ? "indexingEmbedder" : "searchEmbedder")
                : embedder;
    }

    private static boolean hasFragments(JsonNode embedder) {
        return !embedder.path("indexingFragments").isEmpty();
    }

    private static String named(String index, String embedder) {
        return "embedder `" + embedder + "` in index `" + index + "`";
    }

    private static ApiException noFragment(
            String kind, String fragment, String embedder, String index) {
        return wrong(
                "cannot find %s fragment `%s` for embedder `%s` in index `%s`"
                        .formatted(kind, fragment, embedder, index));
    }

    private JsonNode open(String index) {
        return settings.apply(index)
                .orElseThrow(
                        () ->
                                new ApiException(
                                        ErrorCode.INDEX_NOT_FOUND,
                                        told(
                                                "cannot open index `%s`: Index `%s` not found."
                                                        .formatted(index, index))));
    }

    private void requireFeature(Feature feature, String doing) {
        try {
            features.require(feature, doing);
        } catch (ApiException off) {
            throw new ApiException(off.code(), told(off.text()));
        }
    }

    private String require(String field, String shown) {
        if (!template.hasNonNull(field)) {
            throw wrong("parameter `" + shown + "` missing for kind `" + kind + "`");
        }
        return template.path(field).asString("");
    }

    private void refuse(String field, String shown) {
        if (template.hasNonNull(field)) {
            throw wrong("parameter `" + shown + "` disallowed for kind `" + kind + "`");
        }
    }

    private static ApiException wrong(String what) {
        return new ApiException(ErrorCode.INVALID_RENDER_TEMPLATE, told(what));
    }

    private static String told(String what) {
        return "error while fetching template: " + what;
    }
}
