package io.miroir.store.limit;

/**
 * Caps and lifetimes that operators set, once for the whole group. They are rows themselves:
 * appliers on all pods obey the same numbers, whatever each pod's configuration says.
 *
 * @param tasksMax tasks kept, {@value #TASKS_MAX_MIN} to {@value #ROWS_MAX}; beyond it the one that
 *     finished longest ago is forgotten
 * @param taskRetentionMicros how long finished tasks are kept
 * @param idempotencyKeysMax living keys, up to {@value #ROWS_MAX}; beyond it keyed writes are
 *     refused
 * @param idempotencyTtlMicros lifetime of keys whose write names none
 * @param sessionsMax sessions, up to {@value #ROWS_MAX}; beyond it the one longest unused goes
 * @param sessionTtlMicros lifetime of a session from its last use
 * @param jobsMax jobs of all states, up to {@value #ROWS_MAX}; beyond it none is taken in
 * @param jobRetentionMicros how long ended jobs are kept
 * @param aliasHistoryMax earlier targets kept per alias, 0 to {@value #ALIAS_HISTORY_MAX}
 * @param canaryRunsMax runs kept per canary, 1 to {@value #CANARY_RUNS_MAX}
 * @param cdcOverflowBytesMax bytes of waiting events per sink
 * @param rateBucketsMax addresses with a bucket of their own, up to {@value #ROWS_MAX}; beyond it
 *     the rest share one
 */
public record StoreLimits(
        int tasksMax,
        long taskRetentionMicros,
        int idempotencyKeysMax,
        long idempotencyTtlMicros,
        int sessionsMax,
        long sessionTtlMicros,
        int jobsMax,
        long jobRetentionMicros,
        int aliasHistoryMax,
        int canaryRunsMax,
        long cdcOverflowBytesMax,
        int rateBucketsMax) {

    /** Rows of any table that has a limit here. */
    public static final int ROWS_MAX = 10_000_000;

    /** Fewer tasks could all be unfinished. */
    public static final int TASKS_MAX_MIN = 1_000;

    private static final long SECOND = 1_000_000;

    /** The shortest lifetime: rows are looked at once in a second. */
    public static final long LIFETIME_MICROS_MIN = SECOND;

    /** The longest one, ten years. */
    public static final long LIFETIME_MICROS_MAX = 10L * 365 * 86_400 * SECOND;

    /** Earlier targets of an alias. */
    public static final int ALIAS_HISTORY_MAX = 1_000;

    /** Runs of a canary. */
    public static final int CANARY_RUNS_MAX = 10_000;

    /** Bytes of events that wait for a sink. */
    public static final long OVERFLOW_BYTES_MAX = 1L << 50;

    public StoreLimits {
        within("tasksMax", tasksMax, TASKS_MAX_MIN, ROWS_MAX);
        lifetime("taskRetentionMicros", taskRetentionMicros);
        within("idempotencyKeysMax", idempotencyKeysMax, 1, ROWS_MAX);
        lifetime("idempotencyTtlMicros", idempotencyTtlMicros);
        within("sessionsMax", sessionsMax, 1, ROWS_MAX);
        lifetime("sessionTtlMicros", sessionTtlMicros);
        within("jobsMax", jobsMax, 1, ROWS_MAX);
        lifetime("jobRetentionMicros", jobRetentionMicros);
        within("aliasHistoryMax", aliasHistoryMax, 0, ALIAS_HISTORY_MAX);
        within("canaryRunsMax", canaryRunsMax, 1, CANARY_RUNS_MAX);
        within("cdcOverflowBytesMax", cdcOverflowBytesMax, 0, OVERFLOW_BYTES_MAX);
        within("rateBucketsMax", rateBucketsMax, 1, ROWS_MAX);
    }

    /** What a new store begins with: the upstream plan's numbers, where it has them. */
    public static final StoreLimits DEFAULT =
            new StoreLimits(
                    1_000_000,
                    7 * 86_400 * SECOND,
                    1_000_000,
                    86_400 * SECOND,
                    100_000,
                    900 * SECOND,
                    100_000,
                    7 * 86_400 * SECOND,
                    10,
                    100,
                    1L << 30,
                    100_000);

    private static void lifetime(String name, long micros) {
        within(name, micros, LIFETIME_MICROS_MIN, LIFETIME_MICROS_MAX);
    }

    private static void within(String name, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(
                    name + " is " + value + ", it must be " + min + " to " + max);
        }
    }
}
