package io.miroir.api;

import java.io.InputStream;
import java.io.OutputStream;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The one configured JSON mapper, and the few helpers that every user of JSON trees needs. */
public final class Json {
    /** Deeper nesting is refused, as serde_json refuses it. */
    public static final int DEPTH_MAX = 127;

    /** A single string or number may fill a whole request body; the body itself is bounded. */
    private static final int STRING_CHARS_MAX = 512 << 20;

    private static final JsonMapper MAPPER =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxNestingDepth(DEPTH_MAX)
                                                    .maxStringLength(STRING_CHARS_MAX)
                                                    .build())
                                    .disable(StreamReadFeature.AUTO_CLOSE_SOURCE)
                                    .build())
                    .nodeFactory(new JsonNumbers())
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    private Json() {}

    /** The shared mapper; immutable. */
    public static JsonMapper mapper() {
        return MAPPER;
    }

    /** Parses one JSON value that fills the whole input. */
    public static JsonNode parse(byte[] utf8) throws JacksonException {
        return MAPPER.readTree(utf8);
    }

    /** Parses one JSON value that fills the whole text. */
    public static JsonNode parse(String text) throws JacksonException {
        return MAPPER.readTree(text);
    }

    /** Parses one JSON value that fills the whole stream, which is left open. */
    public static JsonNode parse(InputStream in) throws JacksonException {
        return MAPPER.readTree(in);
    }

    /** Parses text that this program wrote itself: anything but an object is a bug. */
    public static ObjectNode parseObject(String text) {
        return (ObjectNode) MAPPER.readTree(text);
    }

    /** What is wrong with JSON that could not be read, and where if that is known. */
    public static String describe(JacksonException fault) {
        TokenStreamLocation where = fault.getLocation();
        // Nesting that is too deep and numbers that are too large have no place.
        return where == null ? fault.getOriginalMessage() : at(fault.getOriginalMessage(), where);
    }

    /** A fault and its place, as serde_json tells it. */
    public static String at(String what, TokenStreamLocation where) {
        return what + " at line " + where.getLineNr() + " column " + where.getColumnNr();
    }

    /** Compact UTF-8 text of a tree. */
    public static byte[] bytes(JsonNode node) {
        return MAPPER.writeValueAsBytes(node);
    }

    /** Compact text of a tree. */
    public static String text(JsonNode node) {
        return MAPPER.writeValueAsString(node);
    }

    /** Writes a tree to a stream, which is left open. */
    public static void write(OutputStream out, JsonNode node) {
        MAPPER.writeValue(out, node);
    }

    /** A new empty object. */
    public static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    /** A new empty array. */
    public static ArrayNode array() {
        return JsonNodeFactory.instance.arrayNode();
    }
}
