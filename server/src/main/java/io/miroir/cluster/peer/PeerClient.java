package io.miroir.cluster.peer;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.StatusException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.BlockingClientCall;
import io.miroir.proto.peer.Answer;
import io.miroir.proto.peer.BackupChunk;
import io.miroir.proto.peer.BackupRequest;
import io.miroir.proto.peer.DumpRequest;
import io.miroir.proto.peer.ForwardHead;
import io.miroir.proto.peer.ForwardReply;
import io.miroir.proto.peer.ForwardRequest;
import io.miroir.proto.peer.KeysRequest;
import io.miroir.proto.peer.LetGoRequest;
import io.miroir.proto.peer.PeerGrpc;
import io.miroir.proto.peer.StatusReply;
import io.miroir.proto.peer.StatusRequest;
import io.miroir.raft.MemberChange;
import io.miroir.raft.MemberOutcome;
import io.miroir.store.backup.BackupStream;
import io.miroir.tls.LoadedKeys;
import io.miroir.tls.PodKeys;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.LongPredicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The way to one other pod. */
final class PeerClient implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PeerClient.class);
    private static final int CHUNK_BYTES = 64 << 10;

    /** The other pod copies and digests its database before it answers. */
    private static final long BACKUP_MINUTES_MAX = 30;

    /** As long as a slow client takes to fetch a large one. */
    private static final long DUMP_HOURS_MAX = 24;

    private static final long HANDSHAKE_SECONDS_MAX = 2;

    /** Of a few hundred gigabytes. Before that the other pod says that it is at it. */
    private static final long DIGESTS_HOURS_MAX = 2;

    /** The shortest that gRPC allows. */
    static final long KEEP_ALIVE_SECONDS = 10;

    private final PeerEndpoint peer;
    private final ManagedChannel channel;
    private final PeerGrpc.PeerBlockingV2Stub stub;

    PeerClient(PeerEndpoint peer, Supplier<List<String>> secrets, Optional<PodKeys> keys) {
        this.peer = peer;
        this.channel =
                PeerTls.client(NettyChannelBuilder.forAddress(peer.host(), peer.port()), keys)
                        .executor(Executors.newVirtualThreadPerTaskExecutor())
                        .intercept(new ClusterSecret(secrets))
                        // A pod whose machine is gone says nothing: a write that was passed to it
                        // must not wait for its whole deadline.
                        .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
                        .keepAliveTimeout(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
                        .build();
        this.stub = PeerGrpc.newBlockingV2Stub(channel);
    }

    /** Where it leads. */
    PeerEndpoint peer() {
        return peer;
    }

    /**
     * Who answers at the address, or nothing within the time.
     *
     * @param awaitApplied answered when the pod has applied this command; 0 for at once
     */
    Optional<StatusReply> status(long awaitApplied, Duration timeout) {
        return status(stub, awaitApplied, timeout);
    }

    /**
     * Who answers at the address of a pod that has just come: it is waited for within the time,
     * where a call would else fail with the connection to the one that went.
     */
    Optional<StatusReply> arrival(Duration timeout) {
        return status(stub.withWaitForReady(), 0, timeout);
    }

    private Optional<StatusReply> status(
            PeerGrpc.PeerBlockingV2Stub calls, long awaitApplied, Duration timeout) {
        try {
            // A pod that came back must be seen at once, not when gRPC's own backoff ends.
            channel.resetConnectBackoff();
            return Optional.of(
                    calls.withDeadlineAfter(timeout.toMillis(), TimeUnit.MILLISECONDS)
                            .status(
                                    StatusRequest.newBuilder()
                                            .setAwaitAppliedIndex(awaitApplied)
                                            .build()));
        } catch (StatusException | RuntimeException unreachable) {
            return Optional.empty();
        }
    }

    /** Whether the pod has let a lane go, or nothing within the time. */
    Optional<Boolean> letGo(String lane, Duration timeout) {
        try {
            return Optional.of(
                    stub.withDeadlineAfter(timeout.toMillis(), TimeUnit.MILLISECONDS)
                            .letGo(LetGoRequest.newBuilder().setLane(lane).build())
                            .getLetGo());
        } catch (StatusException | RuntimeException unreachable) {
            return Optional.empty();
        }
    }

    /** What the pod says to a greeting, or nothing within the time. */
    Optional<Greeted> greet(Greeting from, Duration timeout) {
        try {
            channel.resetConnectBackoff();
            return Optional.of(
                    MemberWords.greeted(
                            stub.withDeadlineAfter(timeout.toMillis(), TimeUnit.MILLISECONDS)
                                    .greet(MemberWords.request(from))));
        } catch (StatusException | RuntimeException unreachable) {
            return Optional.empty();
        }
    }

    /** What the pod says of its tables, at an entry to which this one goes too. */
    DigestsTold digests(DigestsAsked asked, LongPredicate atToo) {
        channel.resetConnectBackoff();
        return DigestWords.told(
                stub.withDeadlineAfter(DIGESTS_HOURS_MAX, TimeUnit.HOURS)
                        .digests(DigestWords.request(asked)),
                atToo);
    }

    /** Which keys the pod knows, or nothing within the time or from an earlier program. */
    Optional<List<LoadedKeys>> keys(Duration timeout) {
        try {
            channel.resetConnectBackoff();
            return Optional.of(
                    KeyWords.keys(
                            stub.withDeadlineAfter(timeout.toMillis(), TimeUnit.MILLISECONDS)
                                    .keys(KeysRequest.getDefaultInstance())));
        } catch (StatusException | RuntimeException unreachable) {
            return Optional.empty();
        }
    }

    /** Asks the pod to change the members. */
    MemberOutcome change(MemberChange change, Duration timeout) {
        try {
            return MemberWords.outcome(
                    stub.withDeadlineAfter(timeout.toMillis(), TimeUnit.MILLISECONDS)
                            .changeMembers(MemberWords.request(change)));
        } catch (StatusException | RuntimeException lost) {
            return new MemberOutcome.Undecided(String.valueOf(lost.getMessage()));
        }
    }

    /** Passes a write on; reads the body only after the other pod agreed to run it. */
    Passing forward(PassedWrite write, InputStream body, Duration timeout) {
        var call = stub.withDeadlineAfter(timeout.toMillis(), TimeUnit.MILLISECONDS).forward();
        boolean sent = false;
        try {
            call.write(
                    ForwardRequest.newBuilder()
                            .setHead(
                                    ForwardHead.newBuilder()
                                            .setLane(write.lane())
                                            .setOperation(write.operation())
                                            .putAllParameters(write.parameters()))
                            .build());
            ForwardReply first = call.read(HANDSHAKE_SECONDS_MAX, TimeUnit.SECONDS);
            if (first == null || !first.hasProceed()) {
                call.cancel("not the owner", null);
                return new Passing.NotTaken("not the owner");
            }
            sent = true;
            send(call, body);
            ForwardReply last = call.read();
            return last != null && last.hasAnswer()
                    ? new Passing.Answered(answer(last.getAnswer()))
                    : new Passing.Lost("no answer");
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            call.cancel("interrupted", interrupted);
            return sent ? new Passing.Lost("interrupted") : new Passing.NotTaken("interrupted");
        } catch (StatusException | java.util.concurrent.TimeoutException failed) {
            String why = String.valueOf(failed.getMessage());
            call.cancel(why, failed);
            return sent ? new Passing.Lost(why) : new Passing.NotTaken(why);
        } catch (IOException clientGone) {
            call.cancel("the client is gone", clientGone);
            return new Passing.Lost("the client is gone");
        } catch (RuntimeException refused) {
            // The client's body was refused while it was read (too large, not decodable).
            call.cancel("the body was refused", refused);
            throw refused;
        }
    }

    private static void send(BlockingClientCall<ForwardRequest, ForwardReply> call, InputStream in)
            throws IOException, InterruptedException, StatusException {
        byte[] buffer = new byte[CHUNK_BYTES];
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            ByteString chunk = ByteString.copyFrom(buffer, 0, count);
            // False once the other side has answered: it needs no more of the body.
            if (!call.write(ForwardRequest.newBuilder().setChunk(chunk).build())) {
                return;
            }
        }
        call.halfClose();
    }

    private static PassedAnswer answer(Answer answer) {
        return new PassedAnswer(answer.getStatus(), answer.getHeadersMap(), answer.getBody());
    }

    /** A backup that the pod makes now; empty if it makes none. */
    Optional<BackupStream> backup() {
        return file(
                "backup",
                stub.withDeadlineAfter(BACKUP_MINUTES_MAX, TimeUnit.MINUTES)
                        .backup(BackupRequest.getDefaultInstance()));
    }

    /** The pod's dump of that name; empty if it has none. */
    Optional<BackupStream> dump(String uid) {
        return file(
                "dump",
                stub.withDeadlineAfter(DUMP_HOURS_MAX, TimeUnit.HOURS)
                        .dump(DumpRequest.newBuilder().setUid(uid).build()));
    }

    private static Optional<BackupStream> file(
            String what, BlockingClientCall<?, BackupChunk> call) {
        try {
            BackupChunk first = call.read();
            if (first != null && first.hasTotalBytes()) {
                return Optional.of(new PeerBackup(call, first.getTotalBytes()));
            }
            call.cancel("a pod that does not say how much it sends", null);
        } catch (StatusException | RuntimeException refused) {
            LOG.info("no {} from another pod: {}", what, refused.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            call.cancel("interrupted", e);
        }
        return Optional.empty();
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
