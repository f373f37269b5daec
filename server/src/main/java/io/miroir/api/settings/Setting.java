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
            "displayedAttributes",
            ErrorCode.INVALID_SETTINGS_DISPLAYED_ATTRIBUTES,
            Check.STRINGS,
            "[\"*\"]"),
    SEARCHABLE_ATTRIBUTES(
            "searchableAttributes",
            ErrorCode.INVALID_SETTINGS_SEARCHABLE_ATTRIBUTES,
            Check.STRINGS,
            "[\"*\"]"),
    FILTERABLE_ATTRIBUTES(
            "filterableAttributes",
            ErrorCode.INVALID_SETTINGS_FILTERABLE_ATTRIBUTES,
            SettingChecks.FILTERABLE,
            "[]"),
    SORTABLE_ATTRIBUTES(
            "sortableAttributes",
            ErrorCode.INVALID_SETTINGS_SORTABLE_ATTRIBUTES,
            Check.STRINGS,
            "[]"),
    FOREIGN_KEYS("foreignKeys", ErrorCode.INVALID_SETTINGS_FOREIGN_KEYS, Check.ANY, "[]"),
    RANKING_RULES(
            "rankingRules",
            ErrorCode.INVALID_SETTINGS_RANKING_RULES,
            SettingChecks.RANKING_RULES,
            "[\"words\",\"typo\",\"proximity\",\"attributeRank\",\"sort\",\"wordPosition\","
                    + "\"exactness\"]"),
    STOP_WORDS("stopWords", ErrorCode.INVALID_SETTINGS_STOP_WORDS, Check.STRINGS, "[]"),
    NON_SEPARATOR_TOKENS(
            "nonSeparatorTokens",
            ErrorCode.INVALID_SETTINGS_NON_SEPARATOR_TOKENS,
            Check.STRINGS,
            "[]"),
    SEPARATOR_TOKENS(
            "separatorTokens", ErrorCode.INVALID_SETTINGS_SEPARATOR_TOKENS, Check.STRINGS, "[]"),
    DICTIONARY("dictionary", ErrorCode.INVALID_SETTINGS_DICTIONARY, Check.STRINGS, "[]"),
    SYNONYMS("synonyms", ErrorCode.INVALID_SETTINGS_SYNONYMS, Check.mapOf(Check.STRINGS), "{}"),
    DISTINCT_ATTRIBUTE(
            "distinctAttribute",
            ErrorCode.INVALID_SETTINGS_DISTINCT_ATTRIBUTE,
            Check.STRING,
            "null"),
    PROXIMITY_PRECISION(
            "proximityPrecision",
            ErrorCode.INVALID_SETTINGS_PROXIMITY_PRECISION,
            Check.oneOf(List.of("byWord", "byAttribute")),
            "\"byWord\""),
    TYPO_TOLERANCE(
            "typoTolerance",
            ErrorCode.INVALID_SETTINGS_TYPO_TOLERANCE,
            SettingChecks.TYPO_TOLERANCE,
            "{\"enabled\":true,\"minWordSizeForTypos\":{\"oneTypo\":5,\"twoTypos\":9},"
                    + "\"disableOnWords\":[],\"disableOnAttributes\":[],"
                    + "\"disableOnNumbers\":false}"),
    FACETING(
            "faceting",
            ErrorCode.INVALID_SETTINGS_FACETING,
            SettingChecks.FACETING,
            "{\"maxValuesPerFacet\":100,\"sortFacetValuesBy\":{\"*\":\"alpha\"}}"),
    PAGINATION(
            "pagination",
            ErrorCode.INVALID_SETTINGS_PAGINATION,
            SettingChecks.PAGINATION,
            "{\"maxTotalHits\":1000}"),
    EMBEDDERS("embedders", ErrorCode.INVALID_SETTINGS_EMBEDDERS, EmbedderRules.EMBEDDERS, "{}"),
    SEARCH_CUTOFF_MS(
            "searchCutoffMs",
            ErrorCode.INVALID_SETTINGS_SEARCH_CUTOFF_MS,
            Check.unsigned(Long.MAX_VALUE),
            "null"),
    LOCALIZED_ATTRIBUTES(
            "localizedAttributes",
            ErrorCode.INVALID_SETTINGS_LOCALIZED_ATTRIBUTES,
            SettingChecks.LOCALIZED,
            "null"),
    FACET_SEARCH("facetSearch", ErrorCode.INVALID_SETTINGS_FACET_SEARCH, Check.BOOLEAN, "true"),
    PREFIX_SEARCH(
            "prefixSearch",
            ErrorCode.INVALID_SETTINGS_PREFIX_SEARCH,
            Check.oneOf(List.of("indexingTime", "disabled")),
            "\"indexingTime\""),
    CHAT("chat", ErrorCode.INVALID_SETTINGS_INDEX_CHAT, Check.ANY, "{}");

    private final String key;
    private final String path;
    private final ErrorCode code;
    private final Check check;
    private final String fallback;

    Setting(String key, ErrorCode code, Check check, String fallback) {
        this.key = key;
        this.path = key.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
        this.code = code;
        this.check = check.orNull();
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
        return check;
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
