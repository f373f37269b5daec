package io.miroir.cluster.lease;

import io.miroir.store.ReadLevel;
import io.miroir.store.TaskStore;
import io.miroir.store.lease.LeaseRow;
import java.util.Optional;

/**
 * Pods that are known to have no view lease: a row in the task store says so, so that all pods see
 * it at the same place of the order. Only the pod itself takes its row away, before it holds a
 * lease again.
 */
final class Lapses {
    private final TaskStore store;

    Lapses(TaskStore store) {
        this.store = store;
    }

    /** What this pod has applied of it. */
    Optional<LeaseRow> of(String podId) {
        return store.leases().get(ReadLevel.LOCAL, scope(podId));
    }

    void record(String podId, String recorder) {
        store.leases().put(new LeaseRow(scope(podId), recorder, 0, "{\"lapsed\":true}", 0));
    }

    void end(String podId) {
        store.leases().delete(scope(podId));
    }

    private static String scope(String podId) {
        return "view:" + podId;
    }
}
