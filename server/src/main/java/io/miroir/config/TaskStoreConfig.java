package io.miroir.config;

import io.miroir.config.bind.Default;
import io.miroir.config.bind.Env;
import io.miroir.config.bind.Former;
import io.miroir.config.bind.Range;
import io.miroir.config.bind.Secret;

/**
 * Where the pods keep what they must remember together.
 *
 * @param backend sqlite for one pod, raft for several
 * @param snapshotEntries of the log between two looks at how much of it may be purged
 * @param snapshotIntervalS longest time between two such looks
 * @param maxJobs jobs of all states; beyond it none is taken in
 * @param jobRetentionS how long ended jobs are kept; copies and deletions of nodes are looked after
 *     by theirs for an hour
 * @param maxRateBuckets addresses whose requests are counted each by itself; the rest share a count
 * @param sealKey seals secrets of clients in the store: the same on all pods; none: they lie in
 *     plain
 */
@Former(value = "path", why = "has no effect: the database is in data_dir")
@Former(
        value = "url",
        why = "there is no Redis: set backend to raft and list the pods in peers",
        refused = true)
public record TaskStoreConfig(
        @Default("sqlite") Backend backend,
        @Default("10000") @Range(min = 100, max = 10000000) int snapshotEntries,
        @Default("300") @Range(min = 1, max = 86400) long snapshotIntervalS,
        @Default("100000") @Range(min = 1, max = 10000000) int maxJobs,
        @Default("604800") @Range(min = 7200, max = 315360000) int jobRetentionS,
        @Default("100000") @Range(min = 1, max = 10000000) int maxRateBuckets,
        @Env("MIROIR_SEAL_KEY") Secret sealKey) {

    /** As long as the key that is made of it. */
    public static final int SEAL_KEY_BYTES_MIN = 32;

    /** The kinds of task store. */
    public enum Backend {
        /** One pod, no log. */
        SQLITE,
        /** Three or more pods: the same tables, replicated by Raft. */
        @Former(
                value = "redis",
                why =
                        "Miroir needs no Redis: the pods replicate the task store themselves. Set"
                                + " task_store.backend to raft and list three or five pods in peers (or"
                                + " sqlite for a single pod), and remove task_store.url",
                refused = true)
        RAFT
    }
}
