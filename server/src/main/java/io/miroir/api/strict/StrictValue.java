package io.miroir.api.strict;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.api.JsonText;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * A value of a request under validation: the value, where it stands, and the code that an error
 * about it carries. The readers throw {@link ApiException} in Meilisearch's words.
 *
 * @param node the value; query parameters are strings
 * @param place where it stands
 * @param code the code of an error about it
 */
public record StrictValue(JsonNode node, Place place, ErrorCode code) {

    /** A whole JSON body, with {@code bad_request} as its code. */
    public static StrictValue body(JsonNode node) {
        return new StrictValue(node, new Place.Body(""), ErrorCode.BAD_REQUEST);
    }

    /** A whole query string, parameters in the client's order, the last of repeated ones. */
    public static StrictValue query(Map<String, String> parameters) {
        var node = Json.object();
        parameters.forEach(node::put);
        return new StrictValue(node, new Place.Query(""), ErrorCode.BAD_REQUEST);
    }

    /** The same value under another code. */
    public StrictValue withCode(ErrorCode other) {
        return new StrictValue(node, place, other);
    }

    /** Whether the value is JSON null. */
    public boolean isNull() {
        return node.isNull();
    }

    /** Whether the value is a query parameter, so a string whatever it means. */
    public boolean isParameter() {
        return place instanceof Place.Query;
    }

    /** The kind of the value. */
    public Kind kind() {
        return Kind.of(node);
    }

    /** A string. */
    public String string() {
        if (!node.isString()) {
            throw wrongKind(Kind.STRING);
        }
        return node.stringValue();
    }

    /** A boolean; in a query {@code true} or {@code false}. */
    public boolean bool() {
        if (isParameter()) {
            return switch (string()) {
                case "true" -> true;
                case "false" -> false;
                default ->
                        throw invalid(
                                "could not parse `"
                                        + string()
                                        + "` as a boolean, expected either `true` or `false`");
            };
        }
        if (!node.isBoolean()) {
            throw wrongKind(Kind.BOOLEAN);
        }
        return node.booleanValue();
    }

    /** An integer from 0 to {@code max} (both included); a query parameter is parsed. */
    public long unsigned(long max) {
        if (isParameter()) {
            return parsedUnsigned(max);
        }
        if (kind() != Kind.INTEGER) {
            throw wrongKind(Kind.INTEGER);
        }
        BigInteger value = node.bigIntegerValue();
        if (value.compareTo(BigInteger.valueOf(max)) > 0) {
            throw invalid(
                    "value: `"
                            + value
                            + "` is too large to be deserialized, maximum value authorized is `"
                            + max
                            + "`");
        }
        return value.longValueExact();
    }

    private long parsedUnsigned(long max) {
        String text = string();
        String digits = text.startsWith("+") ? text.substring(1) : text;
        boolean numeric = !digits.isEmpty() && digits.chars().allMatch(c -> c >= '0' && c <= '9');
        if (numeric) {
            BigInteger value = new BigInteger(digits);
            if (value.compareTo(BigInteger.valueOf(max)) <= 0) {
                return value.longValueExact();
            }
        }
        throw invalid("could not parse `" + text + "` as a positive integer");
    }

    /** Any number. */
    public double number() {
        if (!node.isNumber()) {
            throw wrongKind(Kind.FLOAT, Kind.INTEGER, Kind.NEGATIVE_INTEGER);
        }
        return node.doubleValue();
    }

    /** The elements of an array. */
    public List<StrictValue> array() {
        if (!node.isArray()) {
            throw wrongKind(Kind.ARRAY);
        }
        List<StrictValue> elements = new ArrayList<>(node.size());
        for (int i = 0; i < node.size(); i++) {
            elements.add(new StrictValue(node.get(i), place.index(i), code));
        }
        return elements;
    }

    /**
     * One word of a list inside this string.
     *
     * @param index its place among several words; -1 for the only one
     */
    public StrictValue word(String word, int index) {
        return new StrictValue(
                JsonNodeFactory.instance.stringNode(word),
                index < 0 ? place : place.index(index),
                code);
    }

    /** The members of an object, in the client's order, whatever their names. */
    public Map<String, StrictValue> members() {
        if (!node.isObject()) {
            throw wrongKind(Kind.OBJECT);
        }
        Map<String, StrictValue> members = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> member : node.properties()) {
            members.put(
                    member.getKey(),
                    new StrictValue(member.getValue(), place.key(member.getKey()), code));
        }
        return members;
    }

    /** The member of that name, of an object that has it. */
    public StrictValue member(String name) {
        return new StrictValue(node.path(name), place.key(name), code);
    }

    /** The error for a value of another kind than those expected. */
    public ApiException wrongKind(Kind first, Kind... others) {
        String found =
                node.isNull()
                        ? "null"
                        : Kind.describe(Set.of(kind())) + ": `" + JsonText.of(node) + "`";
        String expected = Kind.describe(EnumSet.of(first, others));
        return error(
                "Invalid value type"
                        + place.at()
                        + ": expected "
                        + expected
                        + ", but found "
                        + found);
    }

    /** The error for a value of the right kind that is not acceptable: {@code why}. */
    public ApiException invalid(String why) {
        return error("Invalid value" + place.in() + ": " + why);
    }

    /** The error for a word that is none of the accepted ones. */
    public ApiException unknownValue(String word, List<String> accepted) {
        return error(
                "Unknown value `"
                        + word
                        + "`"
                        + place.at()
                        + ": "
                        + DidYouMean.suggestion(word, accepted)
                        + "expected one of "
                        + DidYouMean.listed(accepted));
    }

    /** The error for a member that the object here does not know. */
    public ApiException unknownField(String key, List<String> accepted) {
        return error(
                "Unknown "
                        + place.fieldWord()
                        + " `"
                        + key
                        + "`"
                        + place.inside()
                        + ": "
                        + DidYouMean.suggestion(key, accepted)
                        + "expected one of "
                        + DidYouMean.listed(accepted));
    }

    /** The error for a member that is known but can't be changed. */
    public ApiException immutableField(String key, List<String> accepted, ErrorCode immutable) {
        return new ApiException(
                immutable,
                "Immutable field `" + key + "`: expected one of " + DidYouMean.listed(accepted));
    }

    /** The error for a member that the object here lacks. */
    public ApiException missing(String field, ErrorCode missingCode) {
        return new ApiException(
                missingCode, "Missing " + place.fieldWord() + " `" + field + "`" + place.inside());
    }

    /** An error about this value whose text is given whole. */
    public ApiException error(String message) {
        return new ApiException(code, message);
    }
}
