package io.miroir.fanout.lane;

import io.miroir.api.settings.NodeEmbedders;
import io.miroir.fanout.AnswerShape;
import io.miroir.fanout.NodeRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** Compares the settings that a node is to have with those that it says it has. */
public final class SettingsReadBack {
    private static final Set<String> ORDERED =
            Set.of(
                    "rankingRules",
                    "searchableAttributes",
                    "filterableAttributes",
                    "localizedAttributes");

    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final String EMBEDDERS = "embedders";
    private static final Set<String> SECRETS = Set.of("apiKey");

    /** Of these a name too many is as wrong as one too few: clients choose the names. */
    private static final Set<String> BY_NAME = Set.of("synonyms", "sortFacetValuesBy");

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
     * embedders, which are merged by name and by their members, must be those that were sent, whole
     * and no others; a setting that was sent as null is to have none, a null in one may be
     * anything; secrets come back masked and are not compared.
     */
    public static boolean matches(JsonNode sent, JsonNode found) {
        for (Map.Entry<String, JsonNode> member : sent.properties()) {
            JsonNode own = found.path(member.getKey());
            if (!sameSetting(member.getKey(), member.getValue(), own)) {
                return false;
            }
        }
        return true;
    }

    private static boolean sameSetting(String name, JsonNode sent, JsonNode found) {
        if (sent.isNull()) {
            return found.isNull() || found.isMissingNode();
        }
        return name.equals(EMBEDDERS)
                ? sameEmbedders(sent, found)
                : sameMember(name, sent, found, ORDERED.contains(name));
    }

    private static boolean sameMember(String name, JsonNode sent, JsonNode found, boolean ordered) {
        boolean more = BY_NAME.contains(name) && !sent.isNull() && found.size() > sent.size();
        return !more && same(sent, found, ordered);
    }

    private static boolean sameEmbedders(JsonNode sent, JsonNode found) {
        return Stream.of(sent, found)
                .flatMap(embedders -> embedders.propertyNames().stream())
                .allMatch(name -> NodeEmbedders.same(sent.path(name), found.path(name)));
    }

    /** Whether there are secrets in it: a node that shows all else may have others all the same. */
    static boolean hasSecrets(JsonNode settings) {
        return settings.path(EMBEDDERS).valueStream().anyMatch(SettingsReadBack::hasSecret);
    }

    private static boolean hasSecret(JsonNode embedder) {
        return SECRETS.stream().anyMatch(embedder::hasNonNull)
                || embedder.valueStream().anyMatch(part -> part.isObject() && hasSecret(part));
    }

    private static boolean same(JsonNode sent, JsonNode found, boolean ordered) {
        if (sent.isNull()) {
            return true;
        }
        if (sent.isObject()) {
            return found.isObject()
                    && sent.properties().stream()
                            .allMatch(
                                    member ->
                                            sameMember(
                                                    member.getKey(),
                                                    member.getValue(),
                                                    found.path(member.getKey()),
                                                    false));
        }
        if (sent.isArray()) {
            return found.isArray() && (ordered ? inOrder(sent, found) : asSet(sent, found));
        }
        if (sent.isNumber()) {
            return found.isNumber() && sent.doubleValue() == found.doubleValue();
        }
        return sent.equals(found);
    }

    private static boolean inOrder(JsonNode sent, JsonNode found) {
        if (sent.size() != found.size()) {
            return false;
        }
        for (int i = 0; i < sent.size(); i++) {
            if (!same(sent.get(i), found.get(i), false)) {
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
