package io.miroir.api.settings;

import io.miroir.api.ApiException;
import io.miroir.api.Json;
import io.miroir.api.SealedValue;
import io.miroir.api.settings.EmbedderSource.Place;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.ObjectNode;

/** Embedders as nodes are to have them, beside those that nodes say they have. */
public final class NodeEmbedders {
    private static final String API_KEY = "apiKey";

    /** What nodes keep of one that gets it no more, unless they are told that it is gone. */
    private static final List<String> KEPT =
            List.of(
                    "revision",
                    API_KEY,
                    "dimensions",
                    "url",
                    EmbedderSource.INDEXING_FRAGMENTS,
                    EmbedderSource.SEARCH_FRAGMENTS,
                    "distribution",
                    "binaryQuantized");

    private NodeEmbedders() {}

    /**
     * Whether a node has the embedder that it is to have, and nothing in it beside. Keys come back
     * masked: that there is one counts, and no more. What sealed values are is not known here.
     */
    public static boolean same(JsonNode wanted, JsonNode found) {
        if (!wanted.isObject() || !found.isObject()) {
            return !wanted.isObject() && !found.isObject();
        }
        for (String member : EmbedderSource.MEMBERS) {
            if (!sameMember(member, wanted.path(member), found.path(member))) {
                return false;
            }
        }
        return true;
    }

    private static boolean sameMember(String member, JsonNode wanted, JsonNode found) {
        if (isAbsent(wanted) || isAbsent(found)) {
            return isAbsent(wanted) == isAbsent(found);
        }
        return switch (member) {
            case API_KEY -> true;
            case EmbedderSource.SEARCH_PART, EmbedderSource.INDEXING_PART -> same(wanted, found);
            default -> equal(wanted, found);
        };
    }

    private static boolean isAbsent(JsonNode value) {
        return value.isMissingNode() || value.isNull();
    }

    private static boolean equal(JsonNode wanted, JsonNode found) {
        if (SealedValue.isSealed(wanted)) {
            return true;
        }
        if (wanted.isNumber() && found.isNumber()) {
            return (float) wanted.doubleValue() == (float) found.doubleValue();
        }
        if (wanted.isObject() && found.isObject()) {
            return names(wanted).equals(names(found))
                    && names(wanted).stream()
                            .allMatch(name -> equal(wanted.path(name), found.path(name)));
        }
        if (wanted.isArray() && found.isArray() && wanted.size() == found.size()) {
            for (int i = 0; i < wanted.size(); i++) {
                if (!equal(wanted.path(i), found.path(i))) {
                    return false;
                }
            }
            return true;
        }
        return wanted.equals(found);
    }

    private static Set<String> names(JsonNode object) {
        return new HashSet<>(object.propertyNames());
    }

    /**
     * What to send to a node so that it has these embedders and no others. One that it can't come
     * to from the one it has is taken away: who reads it back finds it gone, and sends it again.
     *
     * @param wanted by name
     * @param found by name, as the node says it has them
     */
    static ObjectNode replacing(JsonNode wanted, JsonNode found) {
        ObjectNode change = Json.object();
        for (String name : found.propertyNames()) {
            if (!wanted.path(name).isObject()) {
                change.putNull(name);
            }
        }
        for (String name : wanted.propertyNames()) {
            JsonNode had = found.path(name);
            if (wanted.path(name) instanceof ObjectNode next) {
                JsonNode sent = had.isObject() ? changing(name, next, had) : next.deepCopy();
                if (!sent.isEmpty() || sent.isNull()) {
                    change.set(name, sent);
                }
            }
        }
        return change;
    }

    /** Empty for nothing, null for one that must go first. */
    private static JsonNode changing(String name, ObjectNode wanted, JsonNode had) {
        if (same(wanted, had)) {
            return secretsOf(wanted);
        }
        ObjectNode change = wanted.deepCopy();
        forget(change, had, Place.ALONE);
        try {
            if (same(wanted, EmbedderChange.of(name, had, change))) {
                return change;
            }
        } catch (ApiException refused) {
            // As a node would refuse it.
        }
        return NullNode.getInstance();
    }

    /** They may be others on a node that shows them. */
    private static ObjectNode secretsOf(ObjectNode wanted) {
        boolean inside =
                wanted.path(EmbedderSource.SEARCH_PART).hasNonNull(API_KEY)
                        || wanted.path(EmbedderSource.INDEXING_PART).hasNonNull(API_KEY);
        if (inside) {
            return wanted.deepCopy();
        }
        ObjectNode secrets = Json.object();
        if (wanted.hasNonNull(API_KEY)) {
            secrets.set(API_KEY, wanted.get(API_KEY));
        }
        return secrets;
    }

    /** Names in a change what the node has and is not to have. */
    private static void forget(ObjectNode change, JsonNode had, Place place) {
        for (String member : KEPT) {
            boolean known =
                    EmbedderSource.of(change)
                            .filter(source -> source.permits(member, place))
                            .isPresent();
            if (!known || !had.hasNonNull(member)) {
                continue;
            }
            if (!change.hasNonNull(member)) {
                change.putNull(member);
            } else if (change.get(member) instanceof ObjectNode fragments
                    && member.endsWith("Fragments")) {
                had.path(member).propertyNames().stream()
                        .filter(name -> !fragments.has(name))
                        .toList()
                        .forEach(fragments::putNull);
            }
        }
        JsonNode inner = had.path(EmbedderSource.INDEXING_PART);
        if (change.get(EmbedderSource.INDEXING_PART) instanceof ObjectNode part
                && inner.isObject()) {
            forget(part, inner, Place.INDEXING);
        }
    }
}
