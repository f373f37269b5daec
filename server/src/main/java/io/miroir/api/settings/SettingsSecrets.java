package io.miroir.api.settings;

import io.miroir.api.SealedValue;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Where settings hold secrets: keys of embedders, the headers that they send, and URLs in which a
 * user is named. What a client puts elsewhere into a URL, or into a template, is no secret to
 * anybody here.
 */
public final class SettingsSecrets {
    /** Where a task's details keep what is not shown. */
    public static final String HIDDEN = "_miroir";

    /** What is there of a task of settings: those that it is to bring about. */
    public static final String HIDDEN_SETTINGS = "settings";

    private static final String API_KEY = "apiKey";
    private static final String HEADERS = "headers";
    private static final String URL = "url";

    /** {@code https://user:password@host}, and a token in the user's place. */
    private static final Pattern WITH_USER =
            Pattern.compile("[a-z][a-z0-9+.-]*://[^/?#]*@.*", Pattern.CASE_INSENSITIVE);

    /** What a composite embedder has inside. */
    private static final List<String> PARTS = List.of("searchEmbedder", "indexingEmbedder");

    private SettingsSecrets() {}

    /** Whether such text can hold a secret: what is asked of all details of all tasks. */
    public static boolean mayBeIn(String json) {
        return Stream.of(API_KEY, HEADERS, URL).anyMatch(name -> json.contains('"' + name + '"'));
    }

    /**
     * Changes each secret of settings, or of a task's details: of the settings that it sets, and of
     * those that it is to bring about. Looks nowhere else: the context of an edit, say, is a
     * client's own, whatever it looks like.
     *
     * @param change of a text or a sealed value
     */
    public static void replaceAll(JsonNode json, UnaryOperator<JsonNode> change) {
        inSettings(json, change);
        inSettings(json.path(HIDDEN).path(HIDDEN_SETTINGS), change);
    }

    private static void inSettings(JsonNode settings, UnaryOperator<JsonNode> change) {
        if (settings.path(Setting.EMBEDDERS.key()) instanceof ObjectNode embedders) {
            embedders.forEach(embedder -> inEmbedder(embedder, change));
        }
    }

    /**
     * Throws if a secret in it can't be opened: without it a node would be given other settings.
     *
     * @param whose for the message
     * @throws io.miroir.api.ApiException that names the key
     */
    public static void requireOpen(JsonNode settings, String whose) {
        AtomicReference<String> sealed = new AtomicReference<>();
        replaceAll(
                settings,
                value -> {
                    if (SealedValue.isSealed(value)) {
                        sealed.set(SealedValue.text(value));
                    }
                    return value;
                });
        if (sealed.get() != null) {
            throw SealedValue.closed(whose, sealed.get());
        }
    }

    private static void inEmbedder(JsonNode embedder, UnaryOperator<JsonNode> change) {
        if (!(embedder instanceof ObjectNode object)) {
            return;
        }
        replace(object, API_KEY, change);
        if (namesUser(object.path(URL))) {
            replace(object, URL, change);
        }
        if (object.get(HEADERS) instanceof ObjectNode headers) {
            for (String name : List.copyOf(headers.propertyNames())) {
                replace(headers, name, change);
            }
        }
        PARTS.forEach(part -> inEmbedder(object.path(part), change));
    }

    private static boolean namesUser(JsonNode url) {
        return SealedValue.isSealed(url) || WITH_USER.matcher(url.asString("")).matches();
    }

    private static void replace(ObjectNode object, String name, UnaryOperator<JsonNode> change) {
        JsonNode value = object.path(name);
        if (value.isString() || SealedValue.isSealed(value)) {
            object.set(name, change.apply(value));
        }
    }
}
