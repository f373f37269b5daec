package io.miroir.raft.link;

import java.io.IOException;
import java.util.UUID;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotReplyProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotResult;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LogAppender;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.apache.ratis.statemachine.impl.FileListSnapshotInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends a follower the whole database, chunk by chunk; one is in memory at a time. */
final class SnapshotSender {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotSender.class);

    private SnapshotSender() {}

    /**
     * Returns when the follower has it, or when the leader is none any more.
     *
     * @throws IOException if the follower did not take it
     */
    static void send(LogAppender appender, LinkService service, SnapshotInfo snapshot)
            throws IOException {
        FollowerInfo follower = appender.getFollower();
        LOG.info(
                "{}: it needs {} and the log begins at {}; it is sent {}",
                appender,
                follower.getNextIndex(),
                appender.getRaftLog().getStartIndex(),
                snapshot);
        InstallSnapshotReplyProto reply = null;
        for (InstallSnapshotRequestProto chunk :
                appender.newInstallSnapshotRequests(
                        UUID.randomUUID().toString(), fixed(snapshot))) {
            if (!appender.isRunning()) {
                return;
            }
            follower.updateLastRpcSendTime(false);
            reply = service.installSnapshot(chunk);
            follower.updateLastRpcResponseTime();
            if (reply.getResult() != InstallSnapshotResult.SUCCESS) {
                break;
            }
        }
        if (reply != null) {
            sent(appender, snapshot, reply);
        }
    }

    /**
     * Ratis asks for the files with each chunk: a file that another one took the place of is not to
     * be written anew each time.
     */
    private static SnapshotInfo fixed(SnapshotInfo snapshot) {
        return new FileListSnapshotInfo(snapshot.getFiles(), snapshot.getTermIndex());
    }

    private static void sent(
            LogAppender appender, SnapshotInfo snapshot, InstallSnapshotReplyProto reply)
            throws IOException {
        FollowerInfo follower = appender.getFollower();
        switch (reply.getResult()) {
            case NOT_LEADER -> appender.onFollowerTerm(reply.getTerm());
            case SUCCESS, ALREADY_INSTALLED -> {
                follower.setSnapshotIndex(snapshot.getTermIndex().getIndex());
                follower.setAttemptedToInstallSnapshot();
                LOG.info("{}: has {}", appender, snapshot);
            }
            case SNAPSHOT_UNAVAILABLE -> follower.setAttemptedToInstallSnapshot();
            case IN_PROGRESS, CONF_MISMATCH, SNAPSHOT_INSTALLED, SNAPSHOT_EXPIRED, UNRECOGNIZED ->
                    throw new IOException(
                            appender + " answered a snapshot with " + reply.getResult());
        }
    }
}
