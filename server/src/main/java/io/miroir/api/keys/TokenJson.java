package io.miroir.api.keys;

import io.miroir.api.Json;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.node.ObjectNode;

/**
 * A part of a token, read as Meilisearch does: its members are checked in their order, and what is
 * wrong with one is told with its place.
 */
final class TokenJson {
    private static final ObjectReader ONE_VALUE =
            Json.mapper()
                    .readerFor(JsonNode.class)
                    .without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    /** Beyond 64 bits a number is no integer any more. */
    private static final double INTEGER_MAX = 0x1p64;

    private final byte[] utf8;

    private TokenJson(byte[] utf8) {
        this.utf8 = utf8;
    }

    /** What a member's value may be. */
    @FunctionalInterface
    interface Member {
        /** What is wrong with a value; null for nothing. */
        @Nullable Fault fault(JsonNode value);
    }

    /** What is wrong with a value, and where that is seen. */
    record Fault(String what, Place place) {
        /** It is of a wrong type. */
        static Fault type(JsonNode value, String expected) {
            return new Fault(
                    "invalid type: " + kind(value) + ", expected " + expected,
                    value.isContainer() ? Place.BEFORE : Place.BEHIND);
        }
    }

    /** Where a fault of a value is seen. */
    enum Place {
        BEFORE,
        AT_ITS_BEGINNING,
        BEHIND,
        /** As behind it, and behind the object where the value is its last. */
        BEHIND_WHAT_ENDS
    }

    /**
     * Reads an object.
     *
     * @param struct what Meilisearch calls it
     * @param members those that it knows; others are left alone
     * @param required those that must be there
     */
    static ObjectNode read(
            byte[] utf8, String struct, Map<String, Member> members, List<String> required)
            throws TokenFault {
        try {
            return new TokenJson(utf8).read(struct, members, required);
        } catch (JacksonException malformed) {
            throw new TokenFault("JSON error: " + malformed.getOriginalMessage());
        }
    }

    private ObjectNode read(String struct, Map<String, Member> members, List<String> required)
            throws TokenFault {
        try (JsonParser parser = Json.mapper().createParser(utf8)) {
            JsonToken first = parser.nextToken();
            if (first == null) {
                throw fault("EOF while parsing a value", utf8.length);
            }
            if (first != JsonToken.START_OBJECT) {
                Fault other = Fault.type(ONE_VALUE.readValue(parser), "struct " + struct);
                throw fault(other.what(), other.place() == Place.BEFORE ? 0 : end(parser));
            }
            ObjectNode object = Json.object();
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                readMember(parser, members, object);
            }
            for (String name : required) {
                if (!object.has(name)) {
                    throw fault("missing field `" + name + "`", end(parser));
                }
            }
            int rest = beyondSpace(end(parser));
            if (rest < utf8.length) {
                throw fault("trailing characters", rest + 1L);
            }
            return object;
        }
    }

    private void readMember(JsonParser parser, Map<String, Member> members, ObjectNode object)
            throws TokenFault {
        String name = parser.currentName();
        Member member = members.get(name);
        if (member != null && object.has(name)) {
            throw fault("duplicate field `" + name + "`", keyEnd(parser));
        }
        parser.nextToken();
        long before = parser.currentTokenLocation().getByteOffset();
        JsonNode value = ONE_VALUE.readValue(parser);
        object.set(name, value);
        Fault found = member == null ? null : member.fault(value);
        if (found != null) {
            throw fault(
                    found.what(),
                    switch (found.place()) {
                        case BEFORE -> before;
                        case AT_ITS_BEGINNING -> before + 1;
                        case BEHIND -> end(parser);
                        case BEHIND_WHAT_ENDS -> {
                            int next = beyondSpace(end(parser));
                            yield next < utf8.length && utf8[next] == '}' ? next + 1 : next;
                        }
                    });
        }
    }

    private int beyondSpace(long offset) {
        int at = (int) offset;
        while (at < utf8.length && utf8[at] <= ' ' && utf8[at] >= 0) {
            at++;
        }
        return at;
    }

    private static long end(JsonParser parser) {
        return parser.currentLocation().getByteOffset();
    }

    /** Behind a member's name; the parser is beyond its colon already. */
    private long keyEnd(JsonParser parser) {
        int at = (int) parser.currentTokenLocation().getByteOffset() + 1;
        while (at < utf8.length && utf8[at] != '"') {
            at += utf8[at] == '\\' ? 2 : 1;
        }
        return at + 1L;
    }

    private TokenFault fault(String what, long offset) {
        int line = 1;
        int column = 0;
        for (int i = 0; i < Math.min(offset, utf8.length); i++) {
            boolean ends = utf8[i] == '\n';
            line += ends ? 1 : 0;
            column = ends ? 0 : column + 1;
        }
        return new TokenFault("JSON error: " + what + " at line " + line + " column " + column);
    }

    /** How serde calls a value. */
    private static String kind(JsonNode value) {
        return switch (value.getNodeType()) {
            case STRING -> "string " + Json.text(value);
            case BOOLEAN -> "boolean `" + value + "`";
            case NUMBER -> number(value);
            case ARRAY -> "sequence";
            case OBJECT -> "map";
            case NULL, MISSING, BINARY, POJO -> "null";
        };
    }

    private static String number(JsonNode value) {
        double number = value.doubleValue();
        if (value.isIntegralNumber() && Math.abs(number) < INTEGER_MAX) {
            return "integer `" + value.bigIntegerValue() + "`";
        }
        String text =
                Double.isFinite(number)
                        ? BigDecimal.valueOf(number).toPlainString()
                        : String.valueOf(number);
        return "floating point `" + text + (text.indexOf('.') < 0 ? ".0" : "") + "`";
    }
}
