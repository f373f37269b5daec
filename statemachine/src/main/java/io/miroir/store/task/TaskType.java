package io.miroir.store.task;

import java.util.Optional;

/** What a task does, in Meilisearch's words. */
public enum TaskType {
    DOCUMENT_ADDITION_OR_UPDATE(0, "documentAdditionOrUpdate"),
    DOCUMENT_EDITION(1, "documentEdition"),
    DOCUMENT_DELETION(2, "documentDeletion"),
    SETTINGS_UPDATE(3, "settingsUpdate"),
    INDEX_CREATION(4, "indexCreation"),
    INDEX_DELETION(5, "indexDeletion"),
    INDEX_UPDATE(6, "indexUpdate"),
    INDEX_SWAP(7, "indexSwap"),
    TASK_CANCELATION(8, "taskCancelation"),
    TASK_DELETION(9, "taskDeletion"),
    DUMP_CREATION(10, "dumpCreation"),
    SNAPSHOT_CREATION(11, "snapshotCreation"),
    EXPORT(12, "export"),
    UPGRADE_DATABASE(13, "upgradeDatabase"),
    INDEX_COMPACTION(14, "indexCompaction"),
    NETWORK_TOPOLOGY_CHANGE(15, "networkTopologyChange"),
    DSR_UPDATE(16, "dsrUpdate"),
    DSR_CLEAR(17, "dsrClear");

    private final int code;
    private final String wireName;

    TaskType(int code, String wireName) {
        this.code = code;
        this.wireName = wireName;
    }

    /** The stored number. */
    public int code() {
        return code;
    }

    /** As clients read it. */
    public String wireName() {
        return wireName;
    }

    /** Whether it adds, changes or deletes documents. */
    public boolean changesDocuments() {
        return switch (this) {
            case DOCUMENT_ADDITION_OR_UPDATE, DOCUMENT_EDITION, DOCUMENT_DELETION -> true;
            case SETTINGS_UPDATE,
                    INDEX_CREATION,
                    INDEX_DELETION,
                    INDEX_UPDATE,
                    INDEX_SWAP,
                    TASK_CANCELATION,
                    TASK_DELETION,
                    DUMP_CREATION,
                    SNAPSHOT_CREATION,
                    EXPORT,
                    UPGRADE_DATABASE,
                    INDEX_COMPACTION,
                    NETWORK_TOPOLOGY_CHANGE,
                    DSR_UPDATE,
                    DSR_CLEAR ->
                    false;
        };
    }

    /** By wire name, in any case. */
    public static Optional<TaskType> of(String wireName) {
        for (TaskType type : values()) {
            if (type.wireName.equalsIgnoreCase(wireName)) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    /** By stored number; an unknown one is a bug or a corruption and throws. */
    public static TaskType ofCode(int code) {
        for (TaskType value : values()) {
            if (value.code == code) {
                return value;
            }
        }
        throw new IllegalArgumentException("no task type " + code);
    }
}
