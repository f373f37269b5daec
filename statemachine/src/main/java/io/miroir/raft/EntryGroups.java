package io.miroir.raft;

import io.miroir.raft.link.NewsRest;

/**
 * When an entry is applied, and which share a transaction: to begin and to end one costs a pod as
 * much as a small entry in it. Of what a leader's callers wait for, each entry has its own, at
 * once. On a follower nobody waits as a rule: there an entry rests for a moment, and those that
 * came meanwhile share its transaction.
 */
final class EntryGroups {
    /** What a follower lags behind at most where nobody waits for it. */
    static final long REST_NANOS_MAX = NewsRest.NANOS_MAX;

    static final int ENTRIES_MAX = 16;

    /** Whoever begins to wait waits for the entry at hand at most; readers and watchers for all. */
    static final int COMMANDS_MAX = 1_000;

    private EntryGroups() {}

    /**
     * How it stands when an entry is at hand.
     *
     * @param own whether this pod leads and brought it to the log
     * @param wanted whether anybody in this pod waits for what is applied
     * @param behind entries after it that are committed already
     */
    record State(boolean own, boolean wanted, long behind) {
        private boolean isUrgent() {
            return own || wanted;
        }
    }

    /** Whether an entry without an open transaction waits for others. */
    static boolean rests(State state) {
        return !state.isUrgent() && state.behind() <= 0;
    }

    /**
     * Whether the transaction ends with this entry. It is left open only for one that is committed:
     * that is at hand at once.
     */
    static boolean ends(State state, int openEntries, int openCommands) {
        return state.isUrgent()
                || state.behind() <= 0
                || openEntries >= ENTRIES_MAX
                || openCommands >= COMMANDS_MAX;
    }
}
