package io.miroir.raft.link;

/** What a follower is sent next, and how soon after a failure (Raft, section 5.3). */
final class AppendPlan {
    /** Appends with entries that a follower has not answered, if it has answered before. */
    static final int UNANSWERED_MAX = 16;

    private static final long PAUSE_MILLIS_MIN = 5;
    private static final int PAUSE_DOUBLINGS_MAX = 5;

    private AppendPlan() {}

    /** What is sent. */
    enum Next {
        NOTHING,
        /** Also where entries wait: it says that the leader lives, and costs no disk. */
        HEARTBEAT,
        ENTRIES,
        /** That more is committed than the follower was told. */
        NEWS,
        /** The same, in a while: nobody waits for it, and the next entry may tell it. */
        NEWS_LATER
    }

    /**
     * How it stands with a follower.
     *
     * @param entriesWait whether the log has entries that it was not sent
     * @param unanswered appends with entries that it has not answered
     * @param goesAlong whether the last thing heard of it is that it goes along
     * @param committed the leader's index
     * @param told the highest index that it was told to be committed
     * @param itsCommitted the index that it says it has committed
     * @param awaited the highest index that somebody outside this pod may wait for
     * @param rested whether the news are as old as news may be
     */
    record State(
            boolean heartbeatDue,
            boolean entriesWait,
            long unanswered,
            boolean goesAlong,
            long committed,
            long told,
            long itsCommitted,
            long awaited,
            boolean rested) {}

    static Next next(State state) {
        if (state.heartbeatDue()) {
            return Next.HEARTBEAT;
        }
        if (state.entriesWait()) {
            return hasRoom(state) ? Next.ENTRIES : Next.NOTHING;
        }
        if (!isNews(state)) {
            return Next.NOTHING;
        }
        return isPressing(state) ? Next.NEWS : Next.NEWS_LATER;
    }

    /** One that does not go along is sent one append at a time: the rest may have to come anew. */
    private static boolean hasRoom(State state) {
        long under = state.unanswered();
        return under == 0 || (state.goesAlong() && under < UNANSWERED_MAX);
    }

    /**
     * Whether the follower could commit more if it were told. Entries tell it themselves, and what
     * it has not answered for it can't commit: its answer makes this be asked again.
     */
    private static boolean isNews(State state) {
        return state.unanswered() == 0
                && state.committed() > state.told()
                && state.committed() > state.itsCommitted();
    }

    private static boolean isPressing(State state) {
        return state.rested() || Math.max(state.told(), state.itsCommitted()) < state.awaited();
    }

    /** How long a follower is left alone after that many failures, at least one, in a row. */
    static long pauseMillis(int failures) {
        return PAUSE_MILLIS_MIN << Math.min(failures - 1, PAUSE_DOUBLINGS_MAX);
    }
}
