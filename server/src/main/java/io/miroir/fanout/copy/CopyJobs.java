package io.miroir.fanout.copy;

import io.miroir.store.index.IndexRow;

/** What the copies that bring replicas back are called among the store's jobs. */
public final class CopyJobs {
    /** Jobs of this type are copies. */
    public static final String TYPE = "replica_repair";

    private CopyJobs() {}

    /** All that a node lacks of an index is copied to it by one job at a time. */
    public static String id(IndexRow index, String target) {
        return TYPE + '/' + index.physicalUid() + '/' + target;
    }
}
