package io.miroir.raft.link;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.client.impl.ClientProtoUtils;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto.AppendResult;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftClientRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.protocol.RaftClientAsynchronousProtocol;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.exceptions.RaftException;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.Int64Value;
import org.apache.ratis.thirdparty.com.google.protobuf.MessageLite;
import org.apache.ratis.thirdparty.com.google.protobuf.Parser;

/** Requests of other members, handed to this one. */
final class RaftRequests implements Requests {
    private final RaftServer server;
    private final ReadIndexes readIndexes;
    private final Awaited awaited;

    RaftRequests(RaftServer server, ReadIndexes readIndexes, Awaited awaited) {
        this.server = server;
        this.readIndexes = readIndexes;
        this.awaited = awaited;
    }

    @Override
    public CompletableFuture<? extends MessageLite> handle(Kind kind, ByteString message)
            throws IOException {
        return switch (kind) {
            case APPEND -> append(read(AppendEntriesRequestProto.parser(), message));
            case READ_INDEX ->
                    readIndexes
                            .current(read(RaftRpcRequestProto.parser(), message))
                            .thenApply(
                                    index -> {
                                        awaited.read(index);
                                        return Int64Value.of(index);
                                    });
            case IS_TERM -> done(readIndexes.isInTerm(read(RaftRpcRequestProto.parser(), message)));
            case SUBMIT -> submit(read(RaftClientRequestProto.parser(), message));
            case VOTE -> done(server.requestVote(read(RequestVoteRequestProto.parser(), message)));
            case INSTALL ->
                    done(
                            server.installSnapshot(
                                    read(InstallSnapshotRequestProto.parser(), message)));
            case START_ELECTION ->
                    done(
                            server.startLeaderElection(
                                    read(StartLeaderElectionRequestProto.parser(), message)));
            case FAILED -> throw new IOException("an answer is no request");
        };
    }

    private CompletableFuture<AppendEntriesReplyProto> append(AppendEntriesRequestProto request)
            throws IOException {
        RaftServer.Division member =
                server.getDivision(
                        RaftGroupId.valueOf(request.getServerRequest().getRaftGroupId().getId()));
        if (!member.getInfo().isAlive()) {
            // Ratis would write of each with its stack, and bury why this pod ends.
            throw new IOException(member.getId() + " has ended");
        }
        return server.appendEntriesAsync(request)
                .thenCompose(
                        reply ->
                                isSynced(member, reply)
                                        ? done(reply)
                                        : CompletableFuture.failedFuture(
                                                new IOException(
                                                        "not synced yet up to "
                                                                + reply.getMatchIndex())));
    }

    /**
     * Entries that come a second time, since the connection of the first time broke, Ratis
     * acknowledges without waiting for their sync. Who sent them sends them again until it is done.
     */
    private static boolean isSynced(RaftServer.Division member, AppendEntriesReplyProto reply) {
        return reply.getResult() != AppendResult.SUCCESS
                || reply.getMatchIndex() <= member.getRaftLog().getFlushIndex();
    }

    private CompletableFuture<? extends MessageLite> submit(RaftClientRequestProto proto)
            throws IOException {
        RaftClientRequest request = ClientProtoUtils.toRaftClientRequest(proto);
        awaited.proposed();
        CompletableFuture<RaftClientReply> answer;
        try {
            answer = submit(server, request);
        } catch (IOException | RuntimeException e) {
            awaited.answered(-1);
            throw e;
        }
        return answer.whenComplete(
                        (reply, _) -> awaited.answered(reply == null ? -1 : reply.getLogIndex()))
                .thenApply(ClientProtoUtils::toRaftClientReplyProto);
    }

    /**
     * On the caller's thread: the server's own method would pass it to another one and wait for
     * that. What is refused at once is an answer, too.
     */
    static CompletableFuture<RaftClientReply> submit(RaftServer server, RaftClientRequest request)
            throws IOException {
        try {
            return server.getDivision(request.getRaftGroupId())
                            instanceof RaftClientAsynchronousProtocol member
                    ? member.submitClientRequestAsync(request)
                    : server.submitClientRequestAsync(request);
        } catch (RaftException refused) {
            return done(
                    RaftClientReply.newBuilder().setRequest(request).setException(refused).build());
        }
    }

    private static <T> T read(Parser<T> parser, ByteString message) throws IOException {
        return parser.parseFrom(message);
    }

    private static <T> CompletableFuture<T> done(T answer) {
        return CompletableFuture.completedFuture(answer);
    }
}
