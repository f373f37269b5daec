package io.miroir.raft.link;

/**
 * How long a follower is not told what is committed where nobody waits for it there. The next entry
 * tells it without a message of its own, and the processors are left to who is waited for.
 */
public final class NewsRest {
    /** As long as a follower lets an entry rest, too, that nobody waits for. */
    public static final long NANOS_MAX = 3_000_000;

    /** After the last news that rested, the appender's own thread looks that often for more. */
    private static final long LOOKS_NANOS = 10 * NANOS_MAX;

    /**
     * Between a look that comes in time, and one that is late: as long as a thread may be woken.
     */
    private static final long SLACK_NANOS = NANOS_MAX / 4;

    private volatile boolean rests;
    private long sinceNanos;
    private boolean seen;
    private long lastNanos;
    private volatile long looksAtNanos;

    /** There is something to tell which may wait. */
    void begin(long nowNanos) {
        if (!rests) {
            sinceNanos = nowNanos;
            rests = true;
        }
        seen = true;
        lastNanos = nowNanos;
    }

    /** It is told, or something else tells it. */
    void end() {
        rests = false;
    }

    boolean rests() {
        return rests;
    }

    /** Whether what rests has rested for long enough. */
    boolean isOver(long nowNanos) {
        return rests && nowNanos - sinceNanos >= NANOS_MAX;
    }

    /** Whether the appender's own thread will look when the rest is over, without being woken. */
    boolean isLookedAt() {
        return !rests || looksAtNanos - (sinceNanos + NANOS_MAX) <= SLACK_NANOS;
    }

    /**
     * When the appender's own thread, which is about to wait, looks again. It looks some more times
     * after news have rested: to be woken for each would cost what the rest saves.
     *
     * @param otherwiseNanos how long it would wait otherwise, at least 1
     * @return how long it waits, at least 1
     */
    long look(long nowNanos, long otherwiseNanos) {
        long waitNanos = otherwiseNanos;
        if (rests) {
            waitNanos = Math.min(waitNanos, Math.max(1, sinceNanos + NANOS_MAX - nowNanos));
        } else if (seen && nowNanos - lastNanos < LOOKS_NANOS) {
            waitNanos = Math.min(waitNanos, NANOS_MAX);
        }
        looksAtNanos = nowNanos + waitNanos;
        return waitNanos;
    }
}
