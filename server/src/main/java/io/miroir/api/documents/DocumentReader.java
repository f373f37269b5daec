package io.miroir.api.documents;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.api.JsonText;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads a payload document by document, holding one at a time. A malformed payload is refused at
 * its first fault; documents before it have then been handed on already, so a receiver must not let
 * them take effect before the reader returns.
 */
public final class DocumentReader {
    private static final String NOT_DOCUMENTS = "data are neither an object nor a list of objects";

    private static final ObjectReader ANYTHING = reader(JsonNode.class);
    private static final ObjectReader ONE_DOCUMENT = reader(ObjectNode.class);

    /** Jackson would skip a byte order mark in silence; Meilisearch refuses it. */
    private static final int BYTE_ORDER_MARK_FIRST = 0xEF;

    private static final int MESSAGE_PREFIX_CHARS = 50;
    private static final int MESSAGE_SUFFIX_CHARS = 85;

    /** Of a value that is told in its place; it may be of any length. */
    private static final int VALUE_CHARS_MAX = 10_000;

    private DocumentReader() {}

    /** Further documents follow the one that is read, so trailing tokens are no fault here. */
    private static ObjectReader reader(Class<? extends JsonNode> what) {
        return Json.mapper()
                .readerFor(what)
                .without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    }

    /** Receives documents in their order. */
    @FunctionalInterface
    public interface Sink {
        /** Takes the next document, which the caller will not use again. */
        void accept(ObjectNode document) throws IOException;
    }

    /**
     * Reads all documents of a payload.
     *
     * @param delimiter between the cells of CSV; an ASCII character
     * @return how many there were
     * @throws ApiException for an empty or malformed payload
     */
    public static long read(PayloadFormat format, char delimiter, InputStream in, Sink sink)
            throws IOException {
        PushbackInputStream payload = new PushbackInputStream(in, 1);
        int first = payload.read();
        if (first < 0) {
            throw new ApiException(
                    ErrorCode.MISSING_PAYLOAD, "A " + format.word() + " payload is missing.");
        }
        if (first == BYTE_ORDER_MARK_FIRST && format != PayloadFormat.CSV) {
            throw malformedJson(format, "expected value at line 1 column 1");
        }
        payload.unread(first);
        return switch (format) {
            case CSV -> new CsvDocuments(payload, delimiter).readAll(sink);
            case JSON, NDJSON -> readJson(format, payload, sink);
        };
    }

    private static long readJson(PayloadFormat format, InputStream payload, Sink sink)
            throws IOException {
        try (JsonParser parser = Json.mapper().createParser(payload)) {
            return format == PayloadFormat.JSON
                    ? readOneOrList(parser, sink)
                    : readSequence(parser, sink);
        } catch (JacksonException fault) {
            if (fault.getCause() instanceof IOException io) {
                throw io;
            }
            throw malformedJson(format, Json.describe(fault));
        }
    }

    private static long readOneOrList(JsonParser parser, Sink sink) throws IOException {
        long count = 0;
        JsonToken first = parser.nextToken();
        if (first == JsonToken.START_OBJECT) {
            sink.accept(document(parser));
            count = 1;
        } else if (first == JsonToken.START_ARRAY) {
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                if (parser.currentToken() != JsonToken.START_OBJECT) {
                    throw noDocument(parser);
                }
                sink.accept(document(parser));
                count++;
            }
            // Meilisearch does not look behind a list.
            return count;
        } else if (first == null) {
            throw malformedJson(
                    PayloadFormat.JSON,
                    Json.at("EOF while parsing a value", parser.currentLocation()));
        } else {
            throw malformedJson(PayloadFormat.JSON, NOT_DOCUMENTS);
        }
        if (parser.nextToken() != null) {
            throw malformedJson(
                    PayloadFormat.JSON, Json.at("trailing characters", parser.currentLocation()));
        }
        return count;
    }

    private static long readSequence(JsonParser parser, Sink sink) throws IOException {
        long count = 0;
        for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
            if (token != JsonToken.START_OBJECT) {
                throw new ApiException(ErrorCode.INTERNAL, notMap(parser));
            }
            sink.accept(document(parser));
            count++;
        }
        return count;
    }

    // Meilisearch's readers of JSON see that the list goes on before they see what is in it.
    private static ApiException noDocument(JsonParser parser) throws IOException {
        String what = notMap(parser);
        return parser.nextToken() == JsonToken.END_ARRAY
                ? new ApiException(ErrorCode.INTERNAL, what)
                : malformedJson(
                        PayloadFormat.JSON,
                        Json.at("trailing characters", parser.currentLocation()));
    }

    /** Reads what is there instead of a document; the column is that in the value itself. */
    private static String notMap(JsonParser parser) throws IOException {
        if (parser.currentToken() == JsonToken.START_ARRAY) {
            // Passed over: it may be as large as the payload.
            parser.skipChildren();
            return notMap("sequence", 0);
        }
        JsonNode value = ANYTHING.readTree(parser);
        String kind = JsonText.kindOf(value);
        return notMap(
                kind.length() > VALUE_CHARS_MAX ? kind.substring(0, VALUE_CHARS_MAX) + "..." : kind,
                Json.bytes(value).length);
    }

    private static String notMap(String kind, int column) {
        return "invalid type: " + kind + ", expected a map at line 1 column " + column;
    }

    private static ObjectNode document(JsonParser parser) {
        return ONE_DOCUMENT.readValue(parser);
    }

    private static ApiException malformedJson(PayloadFormat format, String what) {
        // A message can quote the payload, which may be of any length.
        String text = what;
        if (text.length() > MESSAGE_PREFIX_CHARS + MESSAGE_SUFFIX_CHARS + 3) {
            text =
                    text.substring(0, MESSAGE_PREFIX_CHARS)
                            + "..."
                            + text.substring(text.length() - MESSAGE_SUFFIX_CHARS);
        }
        return new ApiException(
                ErrorCode.MALFORMED_PAYLOAD,
                "The `"
                        + format.word()
                        + "` payload provided is malformed. `Couldn't serialize document value: "
                        + text
                        + "`.");
    }
}
