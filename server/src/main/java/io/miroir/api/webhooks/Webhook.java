package io.miroir.api.webhooks;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.api.strict.Check;
import io.miroir.api.strict.Shape;
import io.miroir.api.strict.StrictValue;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
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

    private static final int HEADERS_MAX = 200;
    private static final Pattern HEADER_NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
    private static final Pattern HEADER_VALUE = Pattern.compile("[\\t\\x20-\\x7e\\x80-\\xff]*");
    private static final String AUTHORIZATION = "authorization";

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

    /** The webhook that a body describes. */
    public static Webhook create(String uuid, JsonNode body) {
        return new Webhook(uuid, "", Map.of()).patched(body);
    }

    /** The webhook after a change: headers are merged, null takes away. */
    public Webhook patched(JsonNode body) {
        BODY.check(StrictValue.body(body));
        if (uuid.equals(RESERVED)) {
            throw new ApiException(
                    ErrorCode.IMMUTABLE_WEBHOOK,
                    "Webhook `"
                            + uuid
                            + "` is immutable. The webhook defined from the command line cannot be"
                            + " modified using the API.");
        }
        JsonNode urlNode = body.path("url");
        String newUrl = urlNode.isMissingNode() ? url : urlNode.asString("");
        checkUrl(newUrl);
        return new Webhook(uuid, newUrl, mergedHeaders(body.path("headers")));
    }

    /** The error for one that is not there. */
    public static ApiException notFound(String uuid) {
        return new ApiException(ErrorCode.WEBHOOK_NOT_FOUND, "Webhook `" + uuid + "` not found.");
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
                                    masked && name.toLowerCase(Locale.ROOT).equals(AUTHORIZATION);
                            shown.put(name, secret ? masked(value) : value);
                        });
        return json;
    }

    private static String masked(String value) {
        return value.startsWith("Bearer ") ? "Bearer XXX..." : "XXX...";
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
                            + ".");
        }
        return merged;
    }

    private void checkUrl(String text) {
        if (text.isEmpty()) {
            throw new ApiException(
                    ErrorCode.INVALID_WEBHOOK_URL,
                    "The URL for the webhook `" + uuid + "` is missing.");
        }
        try {
            URI parsed = new URI(text);
            String scheme = parsed.getScheme();
            boolean web = "http".equals(scheme) || "https".equals(scheme);
            if (web && parsed.getHost() != null) {
                return;
            }
        } catch (URISyntaxException _) {
            // Told below, in the same words as a URL without a host.
        }
        throw new ApiException(
                ErrorCode.INVALID_WEBHOOK_URL,
                "Invalid URL `" + text + "`: relative URL without a base");
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
