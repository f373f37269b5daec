package io.miroir.api.settings;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.api.features.Feature;
import io.miroir.api.features.Features;
import io.miroir.api.strict.Shape;
import io.miroir.api.strict.StrictValue;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A validated change of settings, in the form that tasks show it: lists that are sets are sorted,
 * null sets a setting back to its default, what is absent stays.
 *
 * @param changes the settings that change
 */
public record SettingsUpdate(ObjectNode changes) {
    /** Set-like lists are shown in the order of their bytes. */
    private static final Comparator<String> BY_BYTES =
            (a, b) ->
                    Arrays.compareUnsigned(
                            a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));

    private static final Shape WHOLE =
            Shape.of(
                    Arrays.stream(Setting.values())
                            .map(s -> new Shape.Field(s.key(), s.code(), s.check(), null))
                            .toArray(Shape.Field[]::new));

    /** Reads the body of a change of many settings. */
    public static SettingsUpdate parse(JsonNode body) {
        WHOLE.check(StrictValue.body(body));
        ObjectNode changes = Json.object();
        for (Setting setting : Setting.values()) {
            if (body.has(setting.key())) {
                changes.set(setting.key(), normalized(setting, body.get(setting.key())));
            }
        }
        return checked(changes);
    }

    /** Reads the body of a change of one setting. */
    public static SettingsUpdate parse(Setting setting, JsonNode body) {
        setting.check().check(StrictValue.body(body).withCode(setting.code()));
        ObjectNode changes = Json.object();
        changes.set(setting.key(), normalized(setting, body));
        return checked(changes);
    }

    /** Sets these settings back to their defaults. */
    public static SettingsUpdate reset(List<Setting> settings) {
        ObjectNode changes = Json.object();
        JsonNode nothing = JsonNodeFactory.instance.nullNode();
        settings.forEach(setting -> changes.set(setting.key(), normalized(setting, nothing)));
        return new SettingsUpdate(changes);
    }

    /** Whether it touches a setting of an experimental feature, and which. */
    public List<Setting> experimental() {
        return Arrays.stream(Setting.values())
                .filter(s -> s.isExperimental() && changes.hasNonNull(s.key()))
                .toList();
    }

    /**
     * Throws what Meilisearch answers if it needs a feature that is off, or gives an embedder what
     * its source doesn't take.
     */
    public void require(Features features) {
        for (JsonNode embedder : byName(changes.path(Setting.EMBEDDERS.key()))) {
            if (embedder.path("source").asString("").equals("composite")) {
                features.require(Feature.COMPOSITE_EMBEDDERS, "using `\"composite\"` as source");
            }
            for (String part : List.of("searchEmbedder", "indexingEmbedder")) {
                if (embedder.hasNonNull(part)) {
                    features.require(Feature.COMPOSITE_EMBEDDERS, "setting `" + part + "`");
                }
            }
            for (String part : List.of("indexingFragments", "searchFragments")) {
                if (embedder.hasNonNull(part)) {
                    features.require(Feature.MULTIMODAL, "setting `" + part + "`");
                }
            }
        }
        if (changes.hasNonNull(Setting.CHAT.key())) {
            features.require(Feature.CHAT_COMPLETIONS, "setting `chat` in the index settings");
        }
        if (changes.hasNonNull(Setting.FOREIGN_KEYS.key())) {
            features.require(Feature.FOREIGN_KEYS, "setting `foreignKeys` in the index settings");
        }
        EmbedderRules.checkGiven(changes.path(Setting.EMBEDDERS.key()));
    }

    private static Collection<JsonNode> byName(JsonNode embedders) {
        TreeMap<String, JsonNode> sorted = new TreeMap<>(BY_BYTES);
        embedders.properties().forEach(one -> sorted.put(one.getKey(), one.getValue()));
        return sorted.values();
    }

    private static SettingsUpdate checked(ObjectNode changes) {
        boolean whole = false;
        boolean split = false;
        for (JsonNode rule : changes.path(Setting.RANKING_RULES.key())) {
            String word = rule.stringValue();
            whole |= word.equals("attribute");
            split |= word.equals("attributeRank") || word.equals("wordPosition");
        }
        if (whole && split) {
            throw new ApiException(
                    ErrorCode.INVALID_SETTINGS_RANKING_RULES,
                    "Mixed usage of the attribute, attributeRank, and wordPosition ranking rules."
                            + " You must either use the attribute ranking rule alone or the"
                            + " attributeRank and wordPosition ranking rules.");
        }
        return new SettingsUpdate(changes);
    }

    private static JsonNode normalized(Setting setting, JsonNode value) {
        return switch (setting) {
            case DISPLAYED_ATTRIBUTES, SEARCHABLE_ATTRIBUTES ->
                    value.isNull() ? setting.defaultValue() : value;
            case SORTABLE_ATTRIBUTES,
                    STOP_WORDS,
                    NON_SEPARATOR_TOKENS,
                    SEPARATOR_TOKENS,
                    DICTIONARY ->
                    sorted(value);
            case TYPO_TOLERANCE -> normalizedTypoTolerance(value);
            case FILTERABLE_ATTRIBUTES -> normalizedFilterable(value);
            case EMBEDDERS -> EmbedderShapes.asKept(value);
            case FOREIGN_KEYS,
                    RANKING_RULES,
                    SYNONYMS,
                    DISTINCT_ATTRIBUTE,
                    PROXIMITY_PRECISION,
                    FACETING,
                    PAGINATION,
                    SEARCH_CUTOFF_MS,
                    LOCALIZED_ATTRIBUTES,
                    FACET_SEARCH,
                    PREFIX_SEARCH,
                    CHAT ->
                    value;
        };
    }

    private static JsonNode sorted(JsonNode list) {
        if (list.isNull()) {
            return list;
        }
        TreeSet<String> words = new TreeSet<>(BY_BYTES);
        list.forEach(word -> words.add(word.stringValue()));
        ArrayNode sorted = Json.array();
        words.forEach(sorted::add);
        return sorted;
    }

    private static JsonNode normalizedTypoTolerance(JsonNode value) {
        if (!(value instanceof ObjectNode given)) {
            return value;
        }
        ObjectNode normalized = Json.object();
        for (Map.Entry<String, JsonNode> member : given.properties()) {
            boolean set = member.getKey().startsWith("disableOn") && member.getValue().isArray();
            normalized.set(member.getKey(), set ? sorted(member.getValue()) : member.getValue());
        }
        return normalized;
    }

    private static JsonNode normalizedFilterable(JsonNode value) {
        if (value.isNull()) {
            return value;
        }
        ArrayNode normalized = Json.array();
        for (JsonNode element : value) {
            if (element instanceof ObjectNode group) {
                ObjectNode whole = normalized.addObject();
                whole.set("attributePatterns", group.get("attributePatterns"));
                JsonNode features = group.path("features");
                ObjectNode complete = whole.putObject("features");
                complete.put("facetSearch", features.path("facetSearch").asBoolean(false));
                JsonNode filter = features.path("filter");
                complete.putObject("filter")
                        .put("equality", filter.path("equality").asBoolean(true))
                        .put("comparison", filter.path("comparison").asBoolean(false));
            } else {
                normalized.add(element);
            }
        }
        return normalized;
    }
}
