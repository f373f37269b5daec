package io.miroir.api.settings;

import static io.miroir.api.strict.Shape.notNull;
import static io.miroir.api.strict.Shape.optional;
import static io.miroir.api.strict.Shape.required;

import io.miroir.api.ErrorCode;
import io.miroir.api.search.Locales;
import io.miroir.api.strict.Check;
import io.miroir.api.strict.Kind;
import io.miroir.api.strict.Shape;
import io.miroir.api.strict.StrictValue;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The rules for the settings that are more than a list of words. */
final class SettingChecks {
    private static final ErrorCode FILTERABLE_CODE =
            ErrorCode.INVALID_SETTINGS_FILTERABLE_ATTRIBUTES;
    private static final ErrorCode TYPO_CODE = ErrorCode.INVALID_SETTINGS_TYPO_TOLERANCE;
    private static final ErrorCode FACETING_CODE = ErrorCode.INVALID_SETTINGS_FACETING;
    private static final ErrorCode FOREIGN_KEYS_CODE = ErrorCode.INVALID_SETTINGS_FOREIGN_KEYS;
    private static final ErrorCode CHAT_CODE = ErrorCode.INVALID_SETTINGS_INDEX_CHAT;
    private static final ErrorCode LOCALIZED_CODE = ErrorCode.INVALID_SETTINGS_LOCALIZED_ATTRIBUTES;

    private static final int BYTE_MAX = 255;

    private static final Shape FILTERABLE_GROUP =
            Shape.of(
                    required("attributePatterns", FILTERABLE_CODE, Check.STRINGS, FILTERABLE_CODE),
                    notNull(
                            "features",
                            FILTERABLE_CODE,
                            Shape.of(
                                    notNull("facetSearch", FILTERABLE_CODE, Check.BOOLEAN),
                                    notNull(
                                            "filter",
                                            FILTERABLE_CODE,
                                            Shape.of(
                                                    notNull(
                                                            "equality",
                                                            FILTERABLE_CODE,
                                                            Check.BOOLEAN),
                                                    notNull(
                                                            "comparison",
                                                            FILTERABLE_CODE,
                                                            Check.BOOLEAN))))));

    /** Attributes by name or pattern, or groups of patterns with what they can do. */
    static final Check FILTERABLE =
            Check.arrayOf(
                    value -> {
                        if (value.kind() == Kind.OBJECT) {
                            FILTERABLE_GROUP.check(value);
                        } else {
                            value.string();
                        }
                    });

    private static final Set<String> BUILT_IN_RULES =
            Set.of(
                    "words",
                    "typo",
                    "proximity",
                    "attribute",
                    "attributeRank",
                    "wordPosition",
                    "sort",
                    "exactness");

    /** Built-in rules, and attributes with a direction. */
    static final Check RANKING_RULES = Check.arrayOf(SettingChecks::rankingRule);

    private static final Shape TYPO_SIZES =
            Shape.of(
                    optional("oneTypo", TYPO_CODE, Check.unsigned(BYTE_MAX)),
                    optional("twoTypos", TYPO_CODE, Check.unsigned(BYTE_MAX)));

    /** Changes of typo tolerance; null in a member sets it back. */
    static final Check TYPO_TOLERANCE =
            Shape.of(
                    optional("enabled", TYPO_CODE, Check.BOOLEAN),
                    optional("minWordSizeForTypos", TYPO_CODE, SettingChecks::typoSizes),
                    optional("disableOnWords", TYPO_CODE, Check.STRINGS),
                    optional("disableOnAttributes", TYPO_CODE, Check.STRINGS),
                    optional("disableOnNumbers", TYPO_CODE, Check.BOOLEAN));

    /** Changes of faceting. */
    static final Check FACETING =
            Shape.of(
                    optional("maxValuesPerFacet", FACETING_CODE, Check.unsigned(Long.MAX_VALUE)),
                    optional(
                            "sortFacetValuesBy",
                            FACETING_CODE,
                            Check.mapOf(Check.oneOf(List.of("alpha", "count")))));

    /** Changes of pagination. */
    static final Check PAGINATION =
            Shape.of(
                    optional(
                            "maxTotalHits", ErrorCode.INVALID_SETTINGS_PAGINATION, Check.POSITIVE));

    /** Languages of attributes. */
    static final Check LOCALIZED =
            Check.arrayOf(
                    Shape.of(
                            required(
                                    "attributePatterns",
                                    LOCALIZED_CODE,
                                    Check.STRINGS,
                                    LOCALIZED_CODE),
                            required("locales", LOCALIZED_CODE, Locales.LIST, LOCALIZED_CODE)));

    static final Check FOREIGN_KEYS =
            Check.arrayOf(
                    Shape.of(
                            required(
                                    "foreignIndexUid",
                                    FOREIGN_KEYS_CODE,
                                    Check.STRING,
                                    FOREIGN_KEYS_CODE),
                            required(
                                    "fieldName",
                                    FOREIGN_KEYS_CODE,
                                    Check.STRING,
                                    FOREIGN_KEYS_CODE)));

    static final Check CHAT =
            Shape.of(
                    optional("description", CHAT_CODE, Check.STRING),
                    optional("documentTemplate", CHAT_CODE, Check.STRING),
                    optional("documentTemplateMaxBytes", CHAT_CODE, Check.unsigned(Long.MAX_VALUE)),
                    optional("searchParameters", CHAT_CODE, Check.mapOf(Check.ANY)));

    private SettingChecks() {}

    private static void rankingRule(StrictValue value) {
        String rule = value.string();
        if (BUILT_IN_RULES.contains(rule)) {
            return;
        }
        int colon = rule.lastIndexOf(':');
        String direction = colon < 0 ? "" : rule.substring(colon + 1);
        if (!direction.equals("asc") && !direction.equals("desc")) {
            throw value.invalid(
                    "`"
                            + rule
                            + "` ranking rule is invalid. Valid ranking rules are words, typo,"
                            + " sort, proximity, attribute, exactness and custom ranking rules.");
        }
        String attribute = rule.substring(0, colon);
        String reserved = reservedWord(attribute);
        if (reserved != null) {
            throw value.invalid(
                    "`"
                            + (reserved.equals("_geo") ? attribute : reserved)
                            + "` is a reserved keyword and thus can't be used as a ranking rule"
                            + reservedFor(reserved));
        }
    }

    private static @Nullable String reservedWord(String attribute) {
        for (String word :
                List.of("_geoPoint", "_geoDistance", "_geoRadius", "_geoBoundingBox", "_geo")) {
            if (attribute.equals(word) || attribute.startsWith(word + "(")) {
                return word;
            }
        }
        return null;
    }

    private static String reservedFor(String word) {
        return switch (word) {
            case "_geoPoint" -> ". `_geoPoint` can only be used for sorting at search time";
            case "_geoRadius", "_geoBoundingBox" ->
                    ". `" + word + "` can only be used for filtering at search time";
            default -> "";
        };
    }

    private static void typoSizes(StrictValue value) {
        TYPO_SIZES.check(value);
        JsonNode one = value.node().path("oneTypo");
        JsonNode two = value.node().path("twoTypos");
        if (one.isNumber() && two.isNumber() && one.intValue() > two.intValue()) {
            throw value.invalid(typoSizesMessage(one.intValue(), two.intValue()));
        }
    }

    /** What is wrong with one typo being allowed only in longer words than two. */
    static String typoSizesMessage(int oneTypo, int twoTypos) {
        return "`minWordSizeForTypos` setting is invalid. `oneTypo` and `twoTypos` fields should be"
                + " between `0` and `255`, and `twoTypos` should be greater or equals to `oneTypo`"
                + " but found `oneTypo: "
                + oneTypo
                + "` and twoTypos: "
                + twoTypos
                + "`.";
    }
}
