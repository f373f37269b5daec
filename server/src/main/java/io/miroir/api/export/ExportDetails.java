package io.miroir.api.export;

import io.miroir.api.ByteText;
import io.miroir.api.Json;
import io.miroir.api.SealedValue;
import io.miroir.api.export.ExportRequest.Chosen;
import io.miroir.api.keys.IndexPattern;
import io.miroir.api.settings.Settings;
import io.miroir.api.settings.SettingsSecrets;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The details of an export's task: what clients see, and beside it, until the task ends, the key
 * and the size of payloads as they were given.
 */
public final class ExportDetails {
    private static final String HIDDEN_EXPORT = "export";
    private static final String API_KEY = "apiKey";
    private static final String URL = "url";
    private static final String PAYLOAD_SIZE = "payloadSize";
    private static final String PAYLOAD_BYTES = "payloadBytes";
    private static final String INDEXES = "indexes";
    private static final String FILTER = "filter";
    private static final String OVERRIDE = "overrideSettings";

    /** In the original this one is spelled otherwise than all others. */
    private static final String MATCHED = "matched_documents";

    private ExportDetails() {}

    /** Those of a task that waits. */
    public static ObjectNode of(ExportRequest request) {
        ObjectNode details = Json.object();
        ObjectNode hidden = details.withObject(SettingsSecrets.HIDDEN).withObject(HIDDEN_EXPORT);
        details.put(URL, request.url());
        if (request.apiKey() != null) {
            details.put(API_KEY, Settings.masked(request.apiKey()));
            hidden.put(API_KEY, request.apiKey());
        }
        if (request.payloadBytes() != null) {
            details.put(PAYLOAD_SIZE, ByteText.exact(request.payloadBytes()));
            hidden.put(PAYLOAD_BYTES, request.payloadBytes());
        }
        ObjectNode indexes = details.putObject(INDEXES);
        request.patterns().forEach((pattern, chosen) -> indexes.set(pattern, json(chosen)));
        return details;
    }

    /**
     * What the client asked for, of a task that waits.
     *
     * @throws io.miroir.api.ApiException if the key can't be opened
     */
    public static ExportRequest request(ObjectNode details) {
        JsonNode hidden = details.path(SettingsSecrets.HIDDEN).path(HIDDEN_EXPORT);
        JsonNode key = hidden.path(API_KEY);
        if (SealedValue.isSealed(key)) {
            throw SealedValue.closed("the export", SealedValue.text(key));
        }
        SortedMap<String, Chosen> patterns = new TreeMap<>();
        details.path(INDEXES)
                .properties()
                .forEach(index -> patterns.put(index.getKey(), chosen(index.getValue())));
        return new ExportRequest(
                details.path(URL).asString(""),
                key.asString(null),
                hidden.has(PAYLOAD_BYTES) ? hidden.path(PAYLOAD_BYTES).asLong() : null,
                patterns);
    }

    /**
     * Those of a task that has succeeded.
     *
     * @param details of the task before
     * @param matched how many documents were sent, by index
     * @param bytesMax how large they may be. Where a filter is that of many indexes, the last ones
     *     are shown without it, or not at all
     */
    public static ObjectNode succeeded(
            ObjectNode details, SortedMap<String, Long> matched, int bytesMax) {
        ExportRequest request = request(details);
        ObjectNode ended = ended(details);
        ObjectNode indexes = ended.putObject(INDEXES);
        int bytes = Json.bytes(ended).length;
        for (Map.Entry<String, Long> index : matched.entrySet()) {
            String uid = index.getKey();
            ObjectNode json = json(chosen(request, uid).orElseThrow());
            json.put(MATCHED, index.getValue());
            int more = bytesOf(uid, json);
            if (bytes + more > bytesMax) {
                more = bytesOf(uid, json.putNull(FILTER));
            }
            if (bytes + more <= bytesMax) {
                bytes += more;
                indexes.set(uid, json);
            }
        }
        return ended;
    }

    /** With the comma behind it. */
    private static int bytesOf(String uid, ObjectNode index) {
        return Json.bytes(index).length + uid.length() + "\"\":,".length();
    }

    /** Those of a task that did not succeed. */
    public static String ended(String details) {
        return Json.text(ended(Json.parseObject(details)));
    }

    private static ObjectNode ended(ObjectNode details) {
        ObjectNode ended = details.deepCopy();
        ended.remove(SettingsSecrets.HIDDEN);
        return ended;
    }

    /** What is to be sent of an index; nothing if no pattern matches it. */
    public static Optional<Chosen> chosen(ExportRequest request, String uid) {
        return request.patterns().entrySet().stream()
                .filter(pattern -> new IndexPattern(pattern.getKey()).matches(uid))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    /**
     * Changes the key of a task that waits.
     *
     * @param change of a text or a sealed value
     */
    public static void replaceKey(JsonNode details, UnaryOperator<JsonNode> change) {
        JsonNode hidden = details.path(SettingsSecrets.HIDDEN).path(HIDDEN_EXPORT);
        JsonNode key = hidden.path(API_KEY);
        if (key.isString() || SealedValue.isSealed(key)) {
            ((ObjectNode) hidden).set(API_KEY, change.apply(key));
        }
    }

    private static ObjectNode json(Chosen chosen) {
        ObjectNode json = Json.object();
        json.set(FILTER, chosen.filter());
        return json.put(OVERRIDE, chosen.overrideSettings());
    }

    private static Chosen chosen(JsonNode index) {
        return new Chosen(
                index.hasNonNull(FILTER) ? index.get(FILTER) : null,
                index.path(OVERRIDE).asBoolean(false));
    }
}
