package io.miroir.raft;

/**
 * A pod of the group, as all pods have agreed on it.
 *
 * @param id never changes, unlike its addresses
 * @param raftAddress host and port where the log is sent to
 * @param peerAddress host and port of its peer service; empty if nobody told
 * @param voter whether it has a vote; a listener only follows and serves local reads
 */
public record Member(String id, String raftAddress, String peerAddress, boolean voter) {
    Member asVoter() {
        return new Member(id, raftAddress, peerAddress, true);
    }
}
