package io.miroir.raft;

import io.miroir.raft.link.Acknowledged;

/**
 * What a member has on disk when it starts.
 *
 * @param term in which it voted or followed last
 * @param logEnd the last entry of its log; -1 if there is none
 * @param logEndTerm the term of that entry
 * @param applied the last entry whose effects are in its database, so committed; -1 if there is
 *     none
 */
public record Held(long term, long logEnd, long logEndTerm, long applied) {
    /** Of a disk that can't be read. */
    static final Held NOTHING = new Held(0, -1, 0, -1);

    /** The last entry that it still has, in log or database. */
    public long end() {
        return Math.max(logEnd, applied);
    }

    /**
     * Whether the disk has lost what this member acknowledged. Before it does, a member syncs the
     * entry and the term in which it follows; nothing is taken from a log but by a leader of a
     * later term.
     *
     * @param word of a leader that leads still
     */
    public boolean hasLost(Acknowledged word) {
        if (word.index() < 0 || term > word.term()) {
            return false;
        }
        return term < word.term() || !has(word);
    }

    /** By the order in which Raft compares logs (section 5.4.1). */
    private boolean has(Acknowledged word) {
        if (word.index() <= applied) {
            return true;
        }
        if (word.entryTerm() > 0 && logEndTerm != word.entryTerm()) {
            return logEndTerm > word.entryTerm();
        }
        return logEnd >= word.index();
    }
}
