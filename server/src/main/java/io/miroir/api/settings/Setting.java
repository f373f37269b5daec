package io.miroir.api.settings;

import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.api.strict.Check;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/** Every setting of an index, in the order that messages list them. */
public enum Setting {
    DISPLAYED_ATTRIBUTES(
            "displayedAttributes", ErrorCode.INVALID_SETTINGS_DISPLAYED_ATTRIBUTES, "[\"*\"]"),
    SEARCHABLE_ATTRIBUTES(
            "searchableAttributes", ErrorCode.INVALID_SETTINGS_SEARCHABLE_ATTRIBUTES, "[\"*\"]"),
    FILTERABLE_ATTRIBUTES(
            "filterableAttributes", ErrorCode.INVALID_SETTINGS_FILTERABLE_ATTRIBUTES, "[]"),
    SORTABLE_ATTRIBUTES("sortableAttributes", ErrorCode.INVALID_SETTINGS_SORTABLE_ATTRIBUTES, "[]"),
    FOREIGN_KEYS("foreignKeys", ErrorCode.INVALID_SETTINGS_FOREIGN_KEYS, "[]"),
    RANKING_RULES(
            "rankingRules",
            ErrorCode.INVALID_SETTINGS_RANKING_RULES,
            "[\"words\",\"typo\",\"proximity\",\"attributeRank\",\"sort\",\"wordPosition\","
                    + "\"exactness\"]"),
    STOP_WORDS("stopWords", ErrorCode.INVALID_SETTINGS_STOP_WORDS, "[]"),
    NON_SEPARATOR_TOKENS(
            "nonSeparatorTokens", ErrorCode.INVALID_SETTINGS_NON_SEPARATOR_TOKENS, "[]"),
    SEPARATOR_TOKENS("separatorTokens", ErrorCode.INVALID_SETTINGS_SEPARATOR_TOKENS, "[]"),
    DICTIONARY("dictionary", ErrorCode.INVALID_SETTINGS_DICTIONARY, "[]"),
    SYNONYMS("synonyms", ErrorCode.INVALID_SETTINGS_SYNONYMS, "{}"),
    DISTINCT_ATTRIBUTE("distinctAttribute", ErrorCode.INVALID_SETTINGS_DISTINCT_ATTRIBUTE, "null"),
    PROXIMITY_PRECISION(
            "proximityPrecision", ErrorCode.INVALID_SETTINGS_PROXIMITY_PRECISION, "\"byWord\""),
    TYPO_TOLERANCE(
            "typoTolerance",
            ErrorCode.INVALID_SETTINGS_TYPO_TOLERANCE,
            "{\"enabled\":true,\"minWordSizeForTypos\":{\"oneTypo\":5,\"twoTypos\":9},"
                    + "\"disableOnWords\":[],\"disableOnAttributes\":[],"
                    + "\"disableOnNumbers\":false}"),
    FACETING(
            "faceting",
            ErrorCode.INVALID_SETTINGS_FACETING,
            "{\"maxValuesPerFacet\":100,\"sortFacetValuesBy\":{\"*\":\"alpha\"}}"),
    PAGINATION("pagination", ErrorCode.INVALID_SETTINGS_PAGINATION, "{\"maxTotalHits\":1000}"),
    EMBEDDERS("embedders", ErrorCode.INVALID_SETTINGS_EMBEDDERS, "{}"),
    SEARCH_CUTOFF_MS("searchCutoffMs", ErrorCode.INVALID_SETTINGS_SEARCH_CUTOFF_MS, "null"),
    LOCALIZED_ATTRIBUTES(
            "localizedAttributes", ErrorCode.INVALID_SETTINGS_LOCALIZED_ATTRIBUTES, "null"),
    FACET_SEARCH("facetSearch", ErrorCode.INVALID_SETTINGS_FACET_SEARCH, "true"),
    PREFIX_SEARCH("prefixSearch", ErrorCode.INVALID_SETTINGS_PREFIX_SEARCH, "\"indexingTime\""),
    CHAT(
            "chat",
            ErrorCode.INVALID_SETTINGS_INDEX_CHAT,
            "{\"description\":\"\",\"documentTemplate\":\"{% for field in fields %}"
                    + "{% if field.is_searchable and field.value != nil %}"
                    + "{{ field.name }}: {{ field.value }}\\n{% endif %}{% endfor %}\","
                    + "\"documentTemplateMaxBytes\":400,\"searchParameters\":{}}");

    private final String key;
    private final String path;
    private final ErrorCode code;
    private final String fallback;

    Setting(String key, ErrorCode code, String fallback) {
        this.key = key;
        this.path = key.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
        this.code = code;
        this.fallback = fallback;
    }

    /** The member that holds it. */
    public String key() {
        return key;
    }

    /** Its part of the path below {@code /settings/}. */
    public String path() {
        return path;
    }

    /** The verb that changes it alone: PATCH where a change is merged into what is there. */
    public String verb() {
        return switch (this) {
            case TYPO_TOLERANCE, FACETING, PAGINATION, EMBEDDERS, CHAT -> "PATCH";
            default -> "PUT";
        };
    }

    /** The code of errors about its value. */
    public ErrorCode code() {
        return code;
    }

    /** The rule for its value; null (back to the default) is always accepted. */
    Check check() {
        return rule().orNull();
    }

    private Check rule() {
        return switch (this) {
            case DISPLAYED_ATTRIBUTES,
                    SEARCHABLE_ATTRIBUTES,
                    SORTABLE_ATTRIBUTES,
                    STOP_WORDS,
                    NON_SEPARATOR_TOKENS,
                    SEPARATOR_TOKENS,
                    DICTIONARY ->
                    Check.STRINGS;
            case FILTERABLE_ATTRIBUTES -> SettingChecks.FILTERABLE;
            case FOREIGN_KEYS -> SettingChecks.FOREIGN_KEYS;
            case CHAT -> SettingChecks.CHAT;
            case RANKING_RULES -> SettingChecks.RANKING_RULES;
            case SYNONYMS -> Check.mapOf(Check.STRINGS);
            case DISTINCT_ATTRIBUTE -> Check.STRING;
            case PROXIMITY_PRECISION -> Check.oneOf(List.of("byWord", "byAttribute"));
            case TYPO_TOLERANCE -> SettingChecks.TYPO_TOLERANCE;
            case FACETING -> SettingChecks.FACETING;
            case PAGINATION -> SettingChecks.PAGINATION;
            case EMBEDDERS -> EmbedderShapes.EMBEDDERS;
            case SEARCH_CUTOFF_MS -> Check.unsigned(Long.MAX_VALUE);
            case LOCALIZED_ATTRIBUTES -> SettingChecks.LOCALIZED;
            case FACET_SEARCH -> Check.BOOLEAN;
            case PREFIX_SEARCH -> Check.oneOf(List.of("indexingTime", "disabled"));
        };
    }

    /** A fresh copy of its default. */
    public JsonNode defaultValue() {
        return Json.parse(fallback);
    }

    /** Whether it belongs to an experimental feature and stays hidden without it. */
    public boolean isExperimental() {
        return this == FOREIGN_KEYS || this == CHAT;
    }

    /** The settings that every index shows. */
    public static List<Setting> shown() {
        return Arrays.stream(values()).filter(setting -> !setting.isExperimental()).toList();
    }
}
