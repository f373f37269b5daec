package io.miroir.fanout.copy;

import io.miroir.store.ReadLevel;
import io.miroir.store.TaskStore;
import io.miroir.store.index.IndexRow;
import java.util.Optional;

/** What the copies that bring replicas back are called among the store's jobs. */
public final class CopyJobs {
    /** Jobs of this type are copies. */
    public static final String TYPE = "replica_repair";

    private CopyJobs() {}

    /** All that a node lacks of an index is copied to it by one job at a time. */
    public static String id(IndexRow index, String target) {
        return TYPE + '/' + index.physicalUid() + '/' + target;
    }

    /** Where the last copy to a node ended, as long as it is looked at what comes behind it. */
    public static Optional<CopyEnd> watchedEnd(TaskStore store, IndexRow index, String target) {
        long nowMicros = store.nowMicros();
        return store.jobs()
                .get(ReadLevel.LOCAL, id(index, target))
                .flatMap(job -> CopyEnd.watched(job, nowMicros));
    }
}
