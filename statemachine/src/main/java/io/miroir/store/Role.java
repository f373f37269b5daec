package io.miroir.store;

/** This pod's part in the group. */
public enum Role {
    LEADER,
    FOLLOWER,
    CANDIDATE,
    /** Follows the log without a vote. */
    LISTENER,
    /** Starting, closing or stopped by an error. */
    OFFLINE
}
