package io.miroir.fanout.lane;

import io.miroir.store.task.TaskRow;
import io.miroir.store.task.TaskStatus;

/**
 * Tasks of the whole cluster, which the leader carries out: no lane knows of them, so the store can
 * end them at any time, and the leader stops when it sees that.
 */
final class WholeTasks {
    private WholeTasks() {}

    /**
     * Whether such a task may be cancelled. Dumps and exports may be at work: what is written so
     * far harms nobody. Nodes that make snapshots can't be stopped.
     */
    static boolean isCancelable(TaskRow task) {
        return switch (task.type()) {
            case DUMP_CREATION, EXPORT -> !task.status().terminal();
            case SNAPSHOT_CREATION -> task.status() == TaskStatus.ENQUEUED;
            case DOCUMENT_ADDITION_OR_UPDATE,
                    DOCUMENT_EDITION,
                    DOCUMENT_DELETION,
                    SETTINGS_UPDATE,
                    INDEX_CREATION,
                    INDEX_DELETION,
                    INDEX_UPDATE,
                    INDEX_SWAP,
                    INDEX_COMPACTION,
                    TASK_CANCELATION,
                    TASK_DELETION,
                    UPGRADE_DATABASE,
                    NETWORK_TOPOLOGY_CHANGE,
                    DSR_UPDATE,
                    DSR_CLEAR ->
                    false;
        };
    }
}
