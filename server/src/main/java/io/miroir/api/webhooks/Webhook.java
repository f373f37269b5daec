package io.miroir.api.webhooks;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.api.SealedValue;
import io.miroir.api.UrlText;
import io.miroir.api.UuidText;
import io.miroir.api.settings.Settings;
import io.miroir.api.strict.Check;
import io.miroir.api.strict.Shape;
import io.miroir.api.strict.StrictValue;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A place that is told of finished tasks.
 *
 * @param uuid its name
 * @param url http or https
 * @param headers sent along; {@code authorization} is hidden in answers
 */
public record Webhook(String uuid, String url, Map<String, String> headers) {
    /** The uuid of the webhook that a command line would define. */
    private static final String RESERVED = "00000000-0000-0000-0000-000000000000";

    /** More can't be defined. */
    public static final int WEBHOOKS_MAX = 20;

    /** The media type of what a webhook is sent: a task a line, compressed. */
    public static final String PAYLOAD_TYPE = "application/x-ndjson";

    public static final String PAYLOAD_ENCODING = "gzip";

    private static final int HEADERS_MAX = 200;

    /** Of names and values of headers together: what tells webhooks reads them all the time. */
    static final int HEADERS_BYTES_MAX = 256 << 10;

    private static final Pattern HEADER_NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
    private static final Pattern HEADER_VALUE = Pattern.compile("[\\t\\x20-\\x7e\\x80-\\xff]*");
    private static final String AUTHORIZATION = "authorization";
    private static final String BEARER = "Bearer ";

    private static final Shape BODY =
            Shape.of(
                    Webhook::unknown,
                    Shape.optional("url", ErrorCode.INVALID_WEBHOOK_URL, Check.STRING),
                    Shape.optional(
                            "headers",
                            ErrorCode.INVALID_WEBHOOK_HEADERS,
                            Check.mapOf(Check.STRING.orNull())));

    public Webhook {
        headers = Map.copyOf(headers);
    }

    /** The webhook that a body describes; a header without a value is an empty one. */
    public static Webhook create(String uuid, JsonNode body) {
        checkBody(body);
        ObjectNode filled = (ObjectNode) body.deepCopy();
        if (filled.path("headers") instanceof ObjectNode headers) {
            headers.propertyStream()
                    .filter(header -> header.getValue().isNull())
                    .toList()
                    .forEach(header -> headers.put(header.getKey(), ""));
        }
        return new Webhook(uuid, "", Map.of()).patched(filled);
    }

    /** Throws what Meilisearch says of a body that describes no webhook and no change of one. */
    public static void checkBody(JsonNode body) {
        BODY.check(StrictValue.body(body));
    }

    /** The uuid in a path, as answers show it. */
    public static String uuidInPath(String text) {
        return UuidText.canonical(text)
                .orElseThrow(
                        () ->
                                new ApiException(
                                        ErrorCode.INVALID_WEBHOOK_UUID,
                                        "Invalid UUID: " + UuidText.fault(text)));
    }

    /** The same, of a webhook that is to be changed. */
    public static String changeableUuid(String text) {
        String uuid = uuidInPath(text);
        if (uuid.equals(RESERVED)) {
            throw new ApiException(
                    ErrorCode.IMMUTABLE_WEBHOOK,
                    "Webhook `"
                            + uuid
                            + "` is immutable. The webhook defined from the command line cannot be"
                            + " modified using the API.");
        }
        return uuid;
    }

    /** The webhook after a change: headers are merged, null takes away. */
    public Webhook patched(JsonNode body) {
        checkBody(body);
        JsonNode urlNode = body.path("url");
        String newUrl = urlNode.isMissingNode() ? url : urlNode.asString("");
        checkUrl(newUrl);
        return new Webhook(uuid, newUrl, mergedHeaders(body.path("headers")));
    }

    /** The error for one that is not there. */
    public static ApiException notFound(String uuid) {
        return new ApiException(ErrorCode.WEBHOOK_NOT_FOUND, "Webhook `" + uuid + "` not found.");
    }

    /** The error for one more than there may be. */
    public static ApiException tooMany() {
        return new ApiException(
                ErrorCode.INVALID_WEBHOOKS,
                "Defining too many webhooks would crush the server. Please limit the number of"
                        + " webhooks to "
                        + WEBHOOKS_MAX
                        + ". You may use a third-party proxy server to dispatch events to more"
                        + " than "
                        + WEBHOOKS_MAX
                        + " endpoints.");
    }

    /** What a webhook is sent of these tasks. */
    public static byte[] payload(List<byte[]> tasks) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            for (byte[] task : tasks) {
                gzip.write(task);
                gzip.write('\n');
            }
        } catch (IOException impossible) {
            throw new IllegalStateException("a byte array takes everything", impossible);
        }
        return bytes.toByteArray();
    }

    /** The webhook object that clients see. */
    public ObjectNode toJson() {
        return json(true);
    }

    /** The form that is stored. */
    public ObjectNode toRow() {
        return json(false);
    }

    /** Reads the stored form. */
    public static Webhook fromRow(JsonNode json) {
        Map<String, String> headers = new TreeMap<>();
        json.get("headers")
                .properties()
                .forEach(header -> headers.put(header.getKey(), header.getValue().stringValue()));
        return new Webhook(json.get("uuid").stringValue(), json.get("url").stringValue(), headers);
    }

    /**
     * Throws if the value of a header can't be opened: a receiver would refuse the call without it.
     *
     * @param headers as they were read from the store
     */
    public static void requireOpen(String uuid, Map<String, String> headers) {
        headers.values().stream()
                .filter(SealedValue::isSealed)
                .findFirst()
                .ifPresent(
                        closed -> {
                            throw SealedValue.closed(
                                    "webhook `" + uuid + "`", SealedValue.text(closed));
                        });
    }

    private ObjectNode json(boolean masked) {
        ObjectNode json = Json.object();
        json.put("uuid", uuid);
        json.put("isEditable", true);
        json.put("url", url);
        ObjectNode shown = json.putObject("headers");
        new TreeMap<>(headers)
                .forEach(
                        (name, value) -> {
                            boolean secret =
                                    masked
                                            && (name.toLowerCase(Locale.ROOT).equals(AUTHORIZATION)
                                                    || SealedValue.isSealed(value));
                            shown.put(name, secret ? masked(value) : value);
                        });
        return json;
    }

    private static String masked(String value) {
        if (SealedValue.isSealed(value)) {
            return "XXX...";
        }
        return value.startsWith(BEARER)
                ? BEARER + Settings.masked(value.substring(BEARER.length()))
                : Settings.masked(value);
    }

    private Map<String, String> mergedHeaders(JsonNode changes) {
        if (changes.isNull()) {
            return Map.of();
        }
        Map<String, String> merged = new TreeMap<>(headers);
        for (Map.Entry<String, JsonNode> header : changes.properties()) {
            if (header.getValue().isNull()) {
                merged.remove(header.getKey());
            } else {
                checkHeader(header.getKey(), header.getValue().stringValue());
                merged.put(header.getKey(), header.getValue().stringValue());
            }
        }
        if (merged.size() > HEADERS_MAX) {
            throw new ApiException(
                    ErrorCode.INVALID_WEBHOOK_HEADERS,
                    "Too many headers for the webhook `"
                            + uuid
                            + "`. Please limit the number of"
                            + " headers to "
                            + HEADERS_MAX
                            + ". Hint: To remove an already defined header set its value to"
                            + " `null`");
        }
        if (bytes(merged) > HEADERS_BYTES_MAX) {
            throw new ApiException(
                    ErrorCode.PAYLOAD_TOO_LARGE,
                    "The headers of the webhook `"
                            + uuid
                            + "` take more than "
                            + HEADERS_BYTES_MAX
                            + " bytes. Nothing was changed.");
        }
        return merged;
    }

    private static long bytes(Map<String, String> headers) {
        // One of a value is a byte when it is sent.
        return headers.entrySet().stream()
                .mapToLong(header -> (long) header.getKey().length() + header.getValue().length())
                .sum();
    }

    private void checkUrl(String text) {
        if (text.isEmpty()) {
            throw new ApiException(
                    ErrorCode.INVALID_WEBHOOK_URL,
                    "The URL for the webhook `" + uuid + "` is missing.");
        }
        UrlText.fault(text)
                .ifPresent(
                        fault -> {
                            throw new ApiException(
                                    ErrorCode.INVALID_WEBHOOK_URL,
                                    "Invalid URL `" + UrlText.shown(text) + "`: " + fault);
                        });
    }

    private static void checkHeader(String name, String value) {
        if (!HEADER_NAME.matcher(name).matches()) {
            throw new ApiException(
                    ErrorCode.INVALID_WEBHOOK_HEADERS,
                    "Invalid header name `" + name + "`: invalid HTTP header name");
        }
        if (!HEADER_VALUE.matcher(value).matches()) {
            throw new ApiException(
                    ErrorCode.INVALID_WEBHOOK_HEADERS,
                    "Invalid header value `" + name + "`: failed to parse header value");
        }
    }

    private static ApiException unknown(StrictValue body, String key, List<String> accepted) {
        return switch (key) {
            case "uuid" -> body.immutableField(key, accepted, ErrorCode.IMMUTABLE_WEBHOOK_UUID);
            case "isEditable" ->
                    body.immutableField(key, accepted, ErrorCode.IMMUTABLE_WEBHOOK_IS_EDITABLE);
            default -> body.unknownField(key, accepted);
        };
    }
}
