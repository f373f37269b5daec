package io.miroir.api.settings;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.api.SealedValue;
import io.miroir.api.search.Locales;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Complete settings: their defaults, how changes act on them, and what clients see of them. */
public final class Settings {
    private static final String MASKED_SHORT = SealedValue.MASKED;
    private static final Pattern ALREADY_MASKED =
            Pattern.compile("(?:..X{4}|...X{5}|.{5}X{6})\\.{3}", Pattern.DOTALL);
    private static final JsonNode CLOSED = JsonNodeFactory.instance.stringNode(MASKED_SHORT);

    private Settings() {}

    /** The settings of a new index; a fresh copy. */
    public static ObjectNode defaults() {
        ObjectNode settings = Json.object();
        Setting.shown().forEach(s -> settings.set(s.key(), s.defaultValue()));
        return settings;
    }

    /**
     * The settings after a change; neither argument is altered.
     *
     * @throws ApiException if the change does not go with what is there
     */
    public static ObjectNode apply(ObjectNode current, SettingsUpdate update) {
        ObjectNode next = current.deepCopy();
        for (Setting setting : Setting.values()) {
            JsonNode change = update.changes().get(setting.key());
            if (change == null) {
                continue;
            }
            if (change.isNull() && setting.isExperimental()) {
                next.remove(setting.key());
            } else {
                next.set(setting.key(), changed(setting, next.path(setting.key()), change));
            }
        }
        JsonNode sizes = next.path("typoTolerance").path("minWordSizeForTypos");
        int one = sizes.path("oneTypo").asInt(0);
        int two = sizes.path("twoTypos").asInt(0);
        if (one > two) {
            throw new ApiException(
                    ErrorCode.INVALID_SETTINGS_TYPO_TOLERANCE,
                    SettingChecks.typoSizesMessage(one, two));
        }
        return next;
    }

    /** What clients see: everything, with secrets masked. */
    public static ObjectNode shown(ObjectNode settings) {
        ObjectNode shown = settings.deepCopy();
        SettingsSecrets.replaceAll(shown, value -> SealedValue.isSealed(value) ? CLOSED : value);
        for (JsonNode embedder : shown.path(Setting.EMBEDDERS.key())) {
            if (embedder instanceof ObjectNode object && object.path("apiKey").isString()) {
                object.put("apiKey", masked(object.get("apiKey").stringValue()));
            }
        }
        return shown;
    }

    /** The same, with what embedders have by default: what clients see of an index. */
    public static ObjectNode shownWhole(ObjectNode settings) {
        ObjectNode shown = shown(settings);
        for (JsonNode embedder : shown.path(Setting.EMBEDDERS.key())) {
            if (embedder instanceof ObjectNode object) {
                EmbedderDefaults.complete(object);
            }
        }
        return shown;
    }

    private static JsonNode changed(Setting setting, JsonNode before, JsonNode change) {
        if (change.isNull()) {
            return setting.defaultValue();
        }
        return switch (setting) {
            case PAGINATION -> merged(before, change, setting.defaultValue());
            case TYPO_TOLERANCE -> typos(before, change, setting.defaultValue());
            case FACETING -> faceting(before, change, setting.defaultValue());
            case EMBEDDERS -> embedders(before, change);
            case STOP_WORDS -> KeptWords.stopWords(change);
            case LOCALIZED_ATTRIBUTES -> localized(change);
            case DISPLAYED_ATTRIBUTES, SEARCHABLE_ATTRIBUTES ->
                    attributes(change, setting.defaultValue());
            default -> change.deepCopy();
        };
    }

    /** Each attribute once; all of them if the list names a star. */
    private static JsonNode attributes(JsonNode change, JsonNode all) {
        ArrayNode once = Json.array();
        Set<String> seen = new HashSet<>();
        for (JsonNode attribute : change) {
            if (attribute.stringValue().equals("*")) {
                return all;
            }
            if (seen.add(attribute.stringValue())) {
                once.add(attribute);
            }
        }
        return once;
    }

    /** Members of the change replace those before; null ones take the default. */
    private static ObjectNode merged(JsonNode before, JsonNode change, JsonNode defaults) {
        ObjectNode merged = (ObjectNode) before.deepCopy();
        for (Map.Entry<String, JsonNode> member : change.properties()) {
            String key = member.getKey();
            JsonNode value = member.getValue();
            if (value.isNull()) {
                merged.set(key, defaults.get(key));
            } else if (value.isObject() && merged.path(key).isObject()) {
                merged.set(key, merged(merged.get(key), value, defaults.path(key)));
            } else {
                merged.set(key, value.deepCopy());
            }
        }
        return merged;
    }

    private static ObjectNode typos(JsonNode before, JsonNode change, JsonNode defaults) {
        ObjectNode merged = merged(before, change, defaults);
        if (change.path("disableOnWords").isArray()) {
            merged.set("disableOnWords", KeptWords.withoutTypos(change.get("disableOnWords")));
        }
        return merged;
    }

    /** Languages are shown by their codes of three letters. */
    private static JsonNode localized(JsonNode change) {
        JsonNode rules = change.deepCopy();
        for (JsonNode rule : rules) {
            ArrayNode codes = Json.array();
            rule.path("locales")
                    .forEach(code -> codes.add(Locales.ofThreeLetters(code.stringValue())));
            ((ObjectNode) rule).set("locales", codes);
        }
        return rules;
    }

    private static ObjectNode faceting(JsonNode before, JsonNode change, JsonNode defaults) {
        ObjectNode merged = merged(before, change, defaults);
        if (change.path("sortFacetValuesBy").isObject()) {
            ObjectNode orders = (ObjectNode) defaults.get("sortFacetValuesBy").deepCopy();
            change.get("sortFacetValuesBy")
                    .properties()
                    .forEach(e -> orders.set(e.getKey(), e.getValue()));
            merged.set("sortFacetValuesBy", orders);
        }
        return merged;
    }

    private static ObjectNode embedders(JsonNode before, JsonNode change) {
        ObjectNode merged = (ObjectNode) before.deepCopy();
        // Of several that can't be changed so the first by name is told.
        for (String name : new TreeSet<>(change.propertyNames())) {
            if (change.get(name) instanceof ObjectNode embedder) {
                merged.set(name, EmbedderChange.of(name, before.path(name), embedder));
            } else {
                merged.remove(name);
            }
        }
        return merged;
    }

    /**
     * What clients see of a secret: the first characters of a long one, nothing of a short one.
     * What was masked before stays as it is: a task keeps nothing else once it has ended.
     */
    public static String masked(String secret) {
        if (ALREADY_MASKED.matcher(secret).matches()) {
            return secret;
        }
        if (secret.length() < 10) {
            return MASKED_SHORT;
        }
        if (secret.length() < 20) {
            return secret.substring(0, 2) + "XXXX...";
        }
        if (secret.length() < 30) {
            return secret.substring(0, 3) + "XXXXX...";
        }
        return secret.substring(0, 5) + "XXXXXX...";
    }
}
