package io.miroir.raft;

/**
 * A pod of the group, as all pods have agreed on it.
 *
 * @param id never changes, unlike its addresses
 * @param raftAddress host and port where the log is sent to
 * @param peerAddress host and port of its peer service; empty if nobody told
 * @param incarnation names the data directory that it joined with; empty for one of the founders
 * @param voter whether it has a vote; a listener only follows and serves local reads
 */
public record Member(
        String id, String raftAddress, String peerAddress, String incarnation, boolean voter) {
    /** One of the founders, or a pod whose data directory nobody has to tell from another. */
    public Member(String id, String raftAddress, String peerAddress, boolean voter) {
        this(id, raftAddress, peerAddress, "", voter);
    }

    /** Whether it is the same pod with the same data directory, as far as that is known. */
    boolean isSameLifeAs(Member other) {
        return id.equals(other.id)
                && !incarnation.isEmpty()
                && incarnation.equals(other.incarnation);
    }

    Member asVoter() {
        return new Member(id, raftAddress, peerAddress, incarnation, true);
    }
}
