package io.miroir.api.features;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import java.util.Arrays;
import java.util.Optional;

/** What can be switched on and off at runtime, in the order in which Meilisearch lists it. */
public enum Feature {
    METRICS("metrics", "metrics", "meilisearch/product", 625),
    LOGS_ROUTE("logsRoute", "logs route", 721),
    EDIT_DOCUMENTS_BY_FUNCTION("editDocumentsByFunction", "edit documents by function", 762),
    CONTAINS_FILTER("containsFilter", "contains filter", 763),
    DYNAMIC_SEARCH_RULES("dynamicSearchRules", "dynamic search rules", 884),
    NETWORK("network", "network", 805),
    GET_TASK_DOCUMENTS_ROUTE("getTaskDocumentsRoute", "get task documents route", 808),
    TASK_QUEUE_COMPACTION_ROUTE("taskQueueCompactionRoute", "task queue compaction route", 883),
    COMPOSITE_EMBEDDERS("compositeEmbedders", "composite embedders", 816),
    CHAT_COMPLETIONS("chatCompletions", "chat completions", 835),
    MULTIMODAL("multimodal", "multimodal", 846),
    FOREIGN_KEYS("foreignKeys", "foreign_keys", 873),
    /** Not asked for by any request: how documents are fetched. */
    DISABLE_DOCUMENTS_FETCH_QUEUE("disableDocumentsFetchQueue", "", 0),
    /** Not asked for by any request: how searches run. The merge knows one way. */
    LEGACY_SEARCH("legacySearch", "", 0),
    RENDER_ROUTE("renderRoute", "render_route", 888);

    private static final String ORGANISATION = "orgs/meilisearch";

    private final String wireName;
    private final String title;
    private final String forum;
    private final int discussion;

    Feature(String wireName, String title, int discussion) {
        this(wireName, title, ORGANISATION, discussion);
    }

    Feature(String wireName, String title, String forum, int discussion) {
        this.wireName = wireName;
        this.title = title;
        this.forum = forum;
        this.discussion = discussion;
    }

    /** The name that clients use. */
    public String wireName() {
        return wireName;
    }

    /** The feature of that name, if there is one. */
    public static Optional<Feature> named(String wireName) {
        return Arrays.stream(values())
                .filter(feature -> feature.wireName.equals(wireName))
                .findFirst();
    }

    /**
     * Whether nodes are to have it on, of those that they act on in what they are asked for
     * clients; empty for those that the proxy alone acts on.
     *
     * @param on whether clients have it on
     */
    public Optional<Boolean> onNodes(boolean on) {
        return switch (this) {
            case EDIT_DOCUMENTS_BY_FUNCTION,
                    CONTAINS_FILTER,
                    NETWORK,
                    COMPOSITE_EMBEDDERS,
                    MULTIMODAL,
                    FOREIGN_KEYS,
                    DISABLE_DOCUMENTS_FETCH_QUEUE,
                    RENDER_ROUTE ->
                    Optional.of(on);
            case LEGACY_SEARCH -> Optional.of(false);
            case METRICS,
                    LOGS_ROUTE,
                    DYNAMIC_SEARCH_RULES,
                    GET_TASK_DOCUMENTS_ROUTE,
                    TASK_QUEUE_COMPACTION_ROUTE,
                    CHAT_COMPLETIONS ->
                    Optional.empty();
        };
    }

    /** What is said where it is off, to begin with {@code doing}. */
    public String offText(String doing) {
        return doing
                + " requires enabling the `"
                + title
                + "` experimental feature. See https://github.com/"
                + forum
                + "/discussions/"
                + discussion;
    }

    /** The error for its use while it is off. */
    public ApiException off(String doing) {
        return new ApiException(ErrorCode.FEATURE_NOT_ENABLED, offText(doing));
    }
}
