package io.miroir.raft;

import io.miroir.store.format.CommandFormats;

/** A wish to change who belongs to the group. Each is one step of Raft's joint consensus. */
public sealed interface MemberChange {
    /**
     * A pod without data follows the log; it has no vote.
     *
     * @param pod its Raft port must be open already, with nothing in its log
     * @param format the highest format of commands that its program knows
     */
    record Join(Member pod, int format) implements MemberChange {
        /** A pod that runs this program. */
        public Join(Member pod) {
            this(pod, CommandFormats.OF_THIS_PROGRAM.known());
        }
    }

    /** A listener that has caught up gets a vote. */
    record Promote(String id) implements MemberChange {}

    /** A pod belongs to the group no more. */
    record Leave(String id) implements MemberChange {}

    /**
     * A listener takes a voter's place, in one step: at no time are there more or fewer votes.
     *
     * @param lost the voter that goes, dead or alive
     * @param by the listener that gets its vote
     */
    record Replace(String lost, String by) implements MemberChange {}
}
