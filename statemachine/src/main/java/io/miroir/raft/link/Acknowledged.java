package io.miroir.raft.link;

/**
 * What a leader knows a member to have on disk, since the member told it so. Whoever lacks it has
 * lost it, unless a leader of a later term has cut it off.
 *
 * @param term in which the leader leads
 * @param index the last entry; -1 if the member has acknowledged nothing in that term
 * @param entryTerm the term of that entry; 0 if the leader does not know it any more
 */
public record Acknowledged(long term, long index, long entryTerm) {
    static Acknowledged nothing(long term) {
        return new Acknowledged(term, -1, 0);
    }
}
