package io.miroir.raft.link;

import org.apache.ratis.server.RaftServer;

/** How it stands with this pod's member of a group. */
interface Standing {
    long term();

    /** Whether it leads, and all that was committed in earlier terms is known to it. */
    boolean leads();

    long committedIndex();

    Voters voters();

    static Standing of(RaftServer.Division member) {
        return new Standing() {
            @Override
            public long term() {
                return member.getInfo().getCurrentTerm();
            }

            @Override
            public boolean leads() {
                return member.getInfo().isLeaderReady();
            }

            @Override
            public long committedIndex() {
                return member.getRaftLog().getLastCommittedIndex();
            }

            @Override
            public Voters voters() {
                return Voters.of(member.getRaftConf());
            }
        };
    }
}
