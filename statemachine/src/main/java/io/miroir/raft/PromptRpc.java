package io.miroir.raft;

import org.apache.ratis.conf.Parameters;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.grpc.GrpcFactory;
import org.apache.ratis.grpc.server.GrpcLogAppender;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.rpc.RpcType;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.leader.LogAppender;
import org.apache.ratis.server.raftlog.RaftLogIOException;
import org.apache.ratis.statemachine.SnapshotInfo;

/**
 * Ratis over gRPC, with followers told at once what is committed. Ratis tells it by an entry of the
 * log after each entry, which every disk syncs, or else by the next heartbeat, a quarter of a
 * second later. Here it is an empty append, which nobody writes.
 */
public final class PromptRpc implements RpcType {

    /** Ratis finds it by the name of its class. */
    public PromptRpc() {}

    @Override
    public String name() {
        return PromptRpc.class.getName();
    }

    @Override
    public Factory newFactory(Parameters parameters) {
        return new Factory(parameters);
    }

    /** As gRPC's own, but for the appenders. */
    public static final class Factory extends GrpcFactory {
        Factory(Parameters parameters) {
            super(parameters);
        }

        @Override
        public LogAppender newLogAppender(
                RaftServer.Division server, LeaderState state, FollowerInfo follower) {
            return new PromptAppender(server, state, follower);
        }
    }

    private static final class PromptAppender extends GrpcLogAppender {
        /** The last commit that a follower without open requests was told; its own thread's. */
        private long toldIndex;

        private final ReusedChunks chunks;

        PromptAppender(RaftServer.Division server, LeaderState state, FollowerInfo follower) {
            super(server, state, follower);
            this.chunks =
                    new ReusedChunks(
                            GrpcConfigKeys.Server.installSnapshotRequestElementLimit(
                                    server.getRaftServer().getProperties()));
        }

        @Override
        public Iterable<InstallSnapshotRequestProto> newInstallSnapshotRequests(
                String requestId, SnapshotInfo snapshot) {
            return chunks.of(super.newInstallSnapshotRequests(requestId, snapshot));
        }

        /** Called whenever something moved, also by each new commit. */
        @Override
        public AppendEntriesRequestProto newAppendEntriesRequest(long callId, boolean heartbeat)
                throws RaftLogIOException {
            long committed = getRaftLog().getLastCommittedIndex();
            // Entries carry the commit themselves. What a follower has not answered for it can't
            // commit: its answer makes this be called again.
            boolean news =
                    committed > toldIndex
                            && committed > getFollower().getCommitIndex()
                            && !hasAppendEntries()
                            && !hasPendingDataRequests();
            if (news) {
                toldIndex = committed;
            }
            return super.newAppendEntriesRequest(callId, heartbeat || news);
        }
    }
}
