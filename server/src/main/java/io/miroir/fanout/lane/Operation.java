package io.miroir.fanout.lane;

import java.util.Locale;
import java.util.Optional;

/** What a client can ask of a lane. */
public enum Operation {
    DOCUMENTS_REPLACE,
    DOCUMENTS_UPDATE,
    /** By the id in {@link WriteRequest#ID}. */
    DOCUMENT_DELETE,
    /** By the list of ids in the body. */
    DOCUMENTS_DELETE,
    DOCUMENTS_DELETE_BY_FILTER,
    DOCUMENTS_CLEAR,
    /** The body is the client's, checked by the edge. */
    DOCUMENTS_EDIT,
    INDEX_CREATE,
    INDEX_UPDATE,
    INDEX_DELETE,
    INDEX_COMPACT,
    /** In the lane of the first name; the body is the list of swaps. */
    INDEX_SWAP,
    /** The body is a patch of the settings that the edge has checked. */
    SETTINGS_UPDATE;

    private final String wireName = name().toLowerCase(Locale.ROOT);

    /** As pods say it to each other, and as intents keep it. */
    public String wireName() {
        return wireName;
    }

    /**
     * Whether its turn may be shared with others of the kind: it changes documents that it names,
     * and nothing else that the next one must see. All else is a barrier.
     */
    boolean sharesTurn() {
        return switch (this) {
            case DOCUMENTS_REPLACE, DOCUMENTS_UPDATE, DOCUMENT_DELETE, DOCUMENTS_DELETE -> true;
            case DOCUMENTS_DELETE_BY_FILTER,
                    DOCUMENTS_CLEAR,
                    DOCUMENTS_EDIT,
                    INDEX_CREATE,
                    INDEX_UPDATE,
                    INDEX_DELETE,
                    INDEX_COMPACT,
                    INDEX_SWAP,
                    SETTINGS_UPDATE ->
                    false;
        };
    }

    /**
     * Whether its task's details hold what is in its body. Lists of ids and documents are sent on.
     */
    boolean keepsBody() {
        return switch (this) {
            case DOCUMENTS_DELETE_BY_FILTER, DOCUMENTS_EDIT, INDEX_SWAP, SETTINGS_UPDATE -> true;
            case DOCUMENTS_REPLACE,
                    DOCUMENTS_UPDATE,
                    DOCUMENT_DELETE,
                    DOCUMENTS_DELETE,
                    DOCUMENTS_CLEAR,
                    INDEX_CREATE,
                    INDEX_UPDATE,
                    INDEX_DELETE,
                    INDEX_COMPACT ->
                    false;
        };
    }

    /** By wire name; empty for one that a newer pod knows. */
    public static Optional<Operation> of(String wireName) {
        for (Operation operation : values()) {
            if (operation.wireName.equals(wireName)) {
                return Optional.of(operation);
            }
        }
        return Optional.empty();
    }
}
