package io.miroir.api.tasks;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What a task does. */
public enum TaskType {
    DOCUMENT_ADDITION_OR_UPDATE("documentAdditionOrUpdate"),
    DOCUMENT_EDITION("documentEdition"),
    DOCUMENT_DELETION("documentDeletion"),
    SETTINGS_UPDATE("settingsUpdate"),
    INDEX_CREATION("indexCreation"),
    INDEX_DELETION("indexDeletion"),
    INDEX_UPDATE("indexUpdate"),
    INDEX_SWAP("indexSwap"),
    TASK_CANCELATION("taskCancelation"),
    TASK_DELETION("taskDeletion"),
    DUMP_CREATION("dumpCreation"),
    SNAPSHOT_CREATION("snapshotCreation"),
    EXPORT("export"),
    UPGRADE_DATABASE("upgradeDatabase"),
    INDEX_COMPACTION("indexCompaction"),
    NETWORK_TOPOLOGY_CHANGE("networkTopologyChange"),
    DSR_UPDATE("dsrUpdate"),
    DSR_CLEAR("dsrClear");

    /** The names that clients use. */
    static final List<String> NAMES = Arrays.stream(values()).map(TaskType::wireName).toList();

    private final String wireName;

    TaskType(String wireName) {
        this.wireName = wireName;
    }

    /** The name that clients read. */
    public String wireName() {
        return wireName;
    }

    /** The type with that name, in any case. */
    public static Optional<TaskType> named(String name) {
        return Arrays.stream(values())
                .filter(type -> type.wireName.equalsIgnoreCase(name))
                .findFirst();
    }
}
