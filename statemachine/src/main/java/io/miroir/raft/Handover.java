package io.miroir.raft;

import java.io.IOException;
import java.util.Comparator;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.ratis.proto.RaftProtos.CommitInfoProto;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.TransferLeadershipRequest;
import org.apache.ratis.server.RaftServer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives leadership to another member, if this pod leads; an election may follow as well. */
final class Handover {
    private static final Logger LOG = LoggerFactory.getLogger(Handover.class);
    private static final long MILLIS_MAX = 2_000;

    private final RaftServer server;
    private final RaftServer.Division division;

    Handover(RaftServer server, RaftServer.Division division) {
        this.server = server;
        this.division = division;
    }

    void toWhoIsReady() {
        RaftPeerId successor = division.getInfo().isLeader() ? successor() : null;
        if (successor != null) {
            to(successor);
        }
    }

    /** If this pod does not lead, or the successor has too little of the log, nothing changes. */
    void to(RaftPeerId successor) {
        TransferLeadershipRequest request =
                new TransferLeadershipRequest(
                        ClientId.randomId(),
                        server.getId(),
                        division.getMemberId().getGroupId(),
                        1,
                        successor,
                        MILLIS_MAX);
        try {
            server.transferLeadershipAsync(request).get(MILLIS_MAX, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException | IOException e) {
            LOG.warn("{} did not take over leadership: an election will decide", successor, e);
        }
    }

    /** The member that has most of the log: it can take over at once. */
    private @Nullable RaftPeerId successor() {
        return division.getCommitInfos().stream()
                .filter(info -> !server.getId().toByteString().equals(info.getServer().getId()))
                .max(Comparator.comparingLong(CommitInfoProto::getCommitIndex))
                .map(info -> RaftPeerId.valueOf(info.getServer().getId()))
                .orElse(null);
    }
}
