package io.miroir.api.keys;

import java.util.Arrays;
import java.util.List;

/** What a key can be allowed to do; the order is that of error messages. */
public enum Action {
    ALL("*", Scope.MIXED, false),
    SEARCH("search", Scope.BY_ROUTE, true),
    DOCUMENTS_ALL("documents.*", Scope.MIXED, false),
    DOCUMENTS_ADD("documents.add", Scope.BY_PATH, false),
    DOCUMENTS_GET("documents.get", Scope.BY_ROUTE, true),
    DOCUMENTS_DELETE("documents.delete", Scope.BY_PATH, false),
    INDEXES_ALL("indexes.*", Scope.MIXED, false),
    INDEXES_ADD("indexes.create", Scope.BY_ROUTE, false),
    INDEXES_GET("indexes.get", Scope.BY_ROUTE, true),
    INDEXES_UPDATE("indexes.update", Scope.BY_PATH, false),
    INDEXES_DELETE("indexes.delete", Scope.BY_PATH, false),
    INDEXES_SWAP("indexes.swap", Scope.BY_ROUTE, false),
    TASKS_ALL("tasks.*", Scope.MIXED, false),
    TASKS_CANCEL("tasks.cancel", Scope.BY_ROUTE, false),
    TASKS_DELETE("tasks.delete", Scope.BY_ROUTE, false),
    TASKS_GET("tasks.get", Scope.BY_ROUTE, true),
    SETTINGS_ALL("settings.*", Scope.MIXED, false),
    SETTINGS_GET("settings.get", Scope.BY_ROUTE, true),
    SETTINGS_UPDATE("settings.update", Scope.BY_PATH, false),
    STATS_ALL("stats.*", Scope.BY_ROUTE, false),
    STATS_GET("stats.get", Scope.BY_ROUTE, true),
    METRICS_ALL("metrics.*", Scope.GLOBAL, false),
    METRICS_GET("metrics.get", Scope.GLOBAL, true),
    DUMPS_ALL("dumps.*", Scope.GLOBAL, false),
    DUMPS_CREATE("dumps.create", Scope.GLOBAL, false),
    SNAPSHOTS_ALL("snapshots.*", Scope.GLOBAL, false),
    SNAPSHOTS_CREATE("snapshots.create", Scope.GLOBAL, false),
    VERSION("version", Scope.GLOBAL, true),
    KEYS_ADD("keys.create", Scope.GLOBAL, false),
    KEYS_GET("keys.get", Scope.GLOBAL, false),
    KEYS_UPDATE("keys.update", Scope.GLOBAL, false),
    KEYS_DELETE("keys.delete", Scope.GLOBAL, false),
    EXPERIMENTAL_FEATURES_GET("experimental.get", Scope.GLOBAL, true),
    EXPERIMENTAL_FEATURES_UPDATE("experimental.update", Scope.GLOBAL, false),
    EXPORT("export", Scope.GLOBAL, true),
    NETWORK_GET("network.get", Scope.GLOBAL, true),
    NETWORK_UPDATE("network.update", Scope.GLOBAL, false),
    CHAT_COMPLETIONS("chatCompletions", Scope.BY_ROUTE, false),
    CHATS_ALL("chats.*", Scope.GLOBAL, false),
    CHATS_GET("chats.get", Scope.GLOBAL, true),
    CHATS_DELETE("chats.delete", Scope.GLOBAL, false),
    CHATS_SETTINGS_ALL("chatsSettings.*", Scope.GLOBAL, false),
    CHATS_SETTINGS_GET("chatsSettings.get", Scope.GLOBAL, true),
    CHATS_SETTINGS_UPDATE("chatsSettings.update", Scope.GLOBAL, false),
    ALL_GET("*.get", Scope.MIXED, false),
    WEBHOOKS_GET("webhooks.get", Scope.GLOBAL, true),
    WEBHOOKS_UPDATE("webhooks.update", Scope.GLOBAL, false),
    WEBHOOKS_DELETE("webhooks.delete", Scope.GLOBAL, false),
    WEBHOOKS_CREATE("webhooks.create", Scope.GLOBAL, false),
    WEBHOOKS_ALL("webhooks.*", Scope.GLOBAL, false),
    INDEXES_COMPACT("indexes.compact", Scope.BY_PATH, false),
    FIELDS_POST("fields.post", Scope.BY_PATH, true),
    TASKS_COMPACT("tasks.compact", Scope.GLOBAL, false),
    DYNAMIC_SEARCH_RULES_GET("dynamicSearchRules.get", Scope.GLOBAL, true),
    DYNAMIC_SEARCH_RULES_CREATE("dynamicSearchRules.create", Scope.GLOBAL, false),
    DYNAMIC_SEARCH_RULES_UPDATE("dynamicSearchRules.update", Scope.GLOBAL, false),
    DYNAMIC_SEARCH_RULES_DELETE("dynamicSearchRules.delete", Scope.GLOBAL, false),
    DYNAMIC_SEARCH_RULES_ALL("dynamicSearchRules.*", Scope.GLOBAL, false);

    /** Every action by the name that clients use. */
    public static final List<String> NAMES = Arrays.stream(values()).map(Action::wireName).toList();

    private final String wireName;
    private final Scope scope;
    private final boolean read;

    Action(String wireName, Scope scope, boolean read) {
        this.wireName = wireName;
        this.scope = scope;
        this.read = read;
    }

    /** Who checks which index an action touches. */
    public enum Scope {
        /** It touches no single index, so a key for some indexes can't have it. */
        GLOBAL,
        /** The route looks at each index it touches. */
        BY_ROUTE,
        /** The index stands in the path, and is checked with the key. */
        BY_PATH,
        /** It stands for several actions. */
        MIXED
    }

    /** The action with that name, which must be one of {@link #NAMES}. */
    public static Action named(String name) {
        return Arrays.stream(values())
                .filter(action -> action.wireName.equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(name));
    }

    /** The name that clients use. */
    public String wireName() {
        return wireName;
    }

    /** Who checks the index. */
    public Scope scope() {
        return scope;
    }

    /** Whether a key with this action may do {@code wanted}. */
    public boolean grants(Action wanted) {
        if (this == wanted || this == ALL) {
            return true;
        }
        if (this == ALL_GET) {
            return wanted.read;
        }
        // "documents.*" grants "documents.add".
        return wireName.endsWith(".*")
                && wanted.wireName.startsWith(wireName.substring(0, wireName.length() - 1));
    }
}
