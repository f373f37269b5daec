package io.miroir.cluster.lease;

import io.miroir.store.ReadLevel;
import io.miroir.store.TaskStore;
import io.miroir.store.lease.LeaseRow;
import io.miroir.store.lease.Leases;
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
        // Whoever was first holds it: one row is enough.
        store.leases().take(scope(podId), recorder, Leases.LEASE_MICROS_MAX);
    }

    void end(String podId) {
        of(podId).ifPresent(row -> store.leases().release(row.scope(), row.epoch(), null));
    }

    private static String scope(String podId) {
        return "view:" + podId;
    }
}
