package io.miroir.embedded.routes;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.api.search.SearchFeatures;
import io.miroir.api.strict.Check;
import io.miroir.api.strict.Shape;
import io.miroir.api.strict.StrictValue;
import io.miroir.embedded.store.NodeState;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The experimental features: their names, and which are on. */
final class Features {
    private static final List<String> NAMES =
            List.of(
                    "metrics",
                    "logsRoute",
                    "editDocumentsByFunction",
                    "containsFilter",
                    "dynamicSearchRules",
                    "network",
                    "getTaskDocumentsRoute",
                    "taskQueueCompactionRoute",
                    "compositeEmbedders",
                    "chatCompletions",
                    "multimodal",
                    "foreignKeys",
                    "disableDocumentsFetchQueue",
                    "legacySearch",
                    "renderRoute");

    private static final Shape BODY =
            Shape.of(
                    NAMES.stream()
                            .map(name -> Shape.optional(name, ErrorCode.BAD_REQUEST, Check.BOOLEAN))
                            .toArray(Shape.Field[]::new));

    private Features() {}

    /** Every feature, and whether it is on. */
    static ObjectNode shown(NodeState state) {
        ObjectNode shown = Json.object();
        NAMES.forEach(name -> shown.put(name, isOn(state, name)));
        return shown;
    }

    /** The switched features after a change; null leaves a feature as it is. */
    static ObjectNode switched(NodeState state, JsonNode body) {
        BODY.check(StrictValue.body(body));
        ObjectNode switched = state.features().deepCopy();
        for (Map.Entry<String, JsonNode> feature : body.properties()) {
            if (!feature.getValue().isNull()) {
                switched.set(feature.getKey(), feature.getValue());
            }
        }
        return switched;
    }

    static boolean isOn(NodeState state, String name) {
        return state.features().path(name).asBoolean(false);
    }

    /** The features that searches care for. */
    static SearchFeatures of(NodeState state) {
        return new SearchFeatures(
                isOn(state, "containsFilter"), isOn(state, "multimodal"), isOn(state, "network"));
    }

    /** The error for the use of a feature that is off. */
    static ApiException off(String doing, String feature, String issue) {
        return new ApiException(
                ErrorCode.FEATURE_NOT_ENABLED,
                doing
                        + " requires enabling the `"
                        + feature
                        + "` experimental feature. See https://github.com/"
                        + issue);
    }
}
