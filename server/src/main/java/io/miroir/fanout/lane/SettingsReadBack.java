package io.miroir.fanout.lane;

import io.miroir.api.SealedValue;
import io.miroir.api.settings.NodeSettings;
import io.miroir.fanout.AnswerShape;
import io.miroir.fanout.NodeRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** Compares the settings that a node is to have with those that it says it has. */
public final class SettingsReadBack {
    private static final Set<String> ORDERED = Set.of("rankingRules", "searchableAttributes");
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final String EMBEDDERS = "embedders";
    private static final String HEADERS = "headers";
    private static final Set<String> SECRETS = Set.of("apiKey");

    private SettingsReadBack() {}

    /** Where a node has the settings of an index. */
    static String path(String physicalUid) {
        return "/indexes/" + physicalUid + "/settings";
    }

    /** Asks a node which settings of an index it has. */
    public static NodeRequest request(String physicalUid) {
        return NodeRequest.get("settings", path(physicalUid), TIMEOUT)
                .expecting(AnswerShape.SETTINGS);
    }

    /**
     * True if the node has what it was sent. Members that were not sent may be anything, but
     * embedders, which are merged by name and by their members, must be those that were sent and no
     * others, and have nothing left over; a setting that was sent as null is to have none, a null
     * in one may be anything; secrets come back masked and are not compared.
     */
    public static boolean matches(JsonNode sent, JsonNode found) {
        for (Map.Entry<String, JsonNode> member : sent.properties()) {
            boolean ordered = ORDERED.contains(member.getKey());
            JsonNode own = found.path(member.getKey());
            if (member.getValue().isNull()
                    ? !own.isNull() && !own.isMissingNode()
                    : !same(member.getValue(), own, ordered)) {
                return false;
            }
        }
        return !sent.has(EMBEDDERS)
                || found.path(EMBEDDERS).properties().stream()
                        .allMatch(
                                embedder ->
                                        isWhole(
                                                sent.path(EMBEDDERS).path(embedder.getKey()),
                                                embedder.getValue()));
    }

    /** Whether there are secrets in it: a node that shows all else may have others all the same. */
    static boolean hasSecrets(JsonNode settings) {
        return settings.path(EMBEDDERS).valueStream().anyMatch(SettingsReadBack::hasSecret);
    }

    private static boolean hasSecret(JsonNode embedder) {
        return SECRETS.stream().anyMatch(embedder::hasNonNull)
                || embedder.valueStream().anyMatch(part -> part.isObject() && hasSecret(part));
    }

    private static boolean isWhole(JsonNode sent, JsonNode found) {
        return sent.isObject()
                && NodeSettings.leftOver(sent, found).isEmpty()
                && found.path(HEADERS).size() == sent.path(HEADERS).size();
    }

    private static boolean same(JsonNode sent, JsonNode found, boolean ordered) {
        // A secret that can't be opened here is compared as little as one that comes back masked.
        if (sent.isNull() || SealedValue.isSealed(sent)) {
            return true;
        }
        if (sent.isObject()) {
            return found.isObject()
                    && sent.properties().stream()
                            .filter(member -> !SECRETS.contains(member.getKey()))
                            .allMatch(
                                    member ->
                                            same(
                                                    member.getValue(),
                                                    found.path(member.getKey()),
                                                    false));
        }
        if (sent.isArray()) {
            return found.isArray() && (ordered ? inOrder(sent, found) : asSet(sent, found));
        }
        if (sent.isNumber()) {
            return found.isNumber() && sameNumber(sent, found);
        }
        return sent.equals(found);
    }

    /** Nodes keep fractions in single precision. */
    private static boolean sameNumber(JsonNode sent, JsonNode found) {
        return sent.isIntegralNumber()
                ? sent.doubleValue() == found.doubleValue()
                : (float) sent.doubleValue() == (float) found.doubleValue();
    }

    private static boolean inOrder(JsonNode sent, JsonNode found) {
        if (sent.size() != found.size()) {
            return false;
        }
        for (int i = 0; i < sent.size(); i++) {
            if (!same(sent.get(i), found.get(i), true)) {
                return false;
            }
        }
        return true;
    }

    // Nodes sort what is a set to them, and drop doubles.
    private static boolean asSet(JsonNode sent, JsonNode found) {
        List<JsonNode> left = new ArrayList<>();
        found.forEach(left::add);
        for (JsonNode wanted : sent) {
            if (found.valueStream().noneMatch(one -> same(wanted, one, false))) {
                return false;
            }
            left.removeIf(one -> same(wanted, one, false));
        }
        return left.isEmpty();
    }
}
