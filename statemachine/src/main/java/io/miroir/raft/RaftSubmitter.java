package io.miroir.raft;

import com.google.protobuf.InvalidProtocolBufferException;
import io.miroir.proto.store.Batch;
import io.miroir.proto.store.BatchOutcome;
import io.miroir.proto.store.Command;
import io.miroir.raft.link.LinkService;
import io.miroir.store.Refusal;
import io.miroir.store.Reply;
import io.miroir.store.Wanted;
import io.miroir.store.engine.Batcher;
import io.miroir.store.format.CommandFormats;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.exceptions.NotLeaderException;
import org.apache.ratis.protocol.exceptions.RaftException;
import org.apache.ratis.protocol.exceptions.StateMachineException;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings packs to the leader: straight into the log if this pod leads, over a link else. A pack
 * keeps its number however often it is sent, so it takes effect once; one is under way at a time.
 */
final class RaftSubmitter implements Batcher.Sink {
    private static final Logger LOG = LoggerFactory.getLogger(RaftSubmitter.class);

    /** How often a sender looks whether the one that it waits for still leads. */
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(25);

    /** Between two tries that failed at once. */
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    /** After the leader's answer: how long to wait for this pod to apply it too. */
    private static final long FOLLOW_NANOS = TimeUnit.MILLISECONDS.toNanos(1_000);

    private final RaftServer server;
    private final StoreStateMachine stateMachine;
    private final LinkService links;
    private final ClientId clientId = ClientId.randomId();
    private final AtomicLong callIds = new AtomicLong();
    private final RaftGroupId groupId;
    private final CommandFormats formats;
    private final long proposer;
    private long sequence;

    /**
     * @param proposer random and not 0: a pod that restarts must not be taken for its former self
     */
    RaftSubmitter(
            RaftServer server,
            StoreStateMachine stateMachine,
            RaftStoreConfig config,
            CommandFormats formats,
            long proposer) {
        this.server = server;
        this.stateMachine = stateMachine;
        this.groupId = config.groupId();
        this.formats = formats;
        this.proposer = proposer;
        this.links = (LinkService) server.getServerRpc();
    }

    @Override
    public Batcher.Result submit(List<Command> commands, long deadlineNanos) {
        Message message =
                Message.valueOf(UnsafeByteOperations.unsafeWrap(batch(commands).toByteArray()));
        long callId = callIds.incrementAndGet();
        Attempts attempts = new Attempts();
        try (Wanted _ = stateMachine.appliedSignal().want()) {
            while (System.nanoTime() < deadlineNanos) {
                RaftPeerId leader = attempts.leader();
                if (leader == null) {
                    pause();
                    continue;
                }
                RaftClientReply reply = attempts.send(leader, callId, message, deadlineNanos);
                if (reply != null && reply.isSuccess()) {
                    return done(reply, deadlineNanos);
                }
                if (reply != null && reply.getException() instanceof StateMachineException e) {
                    return failed(new Refusal.Unavailable("refused by the leader: " + e));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return failed(attempts.refusal());
    }

    private Batch batch(List<Command> commands) {
        Batch.Builder batch =
                Batch.newBuilder()
                        .setProposer(proposer)
                        .setSequence(++sequence)
                        .addAllCommand(commands);
        int format = formats.of(commands);
        if (format > CommandFormats.FIRST) {
            batch.setFormat(format);
        }
        return batch.build();
    }

    /** Waits until this pod has applied what was acknowledged anywhere before the call. */
    Reply<Long> barrier(long deadlineNanos) {
        String why = "no leader";
        try (Wanted _ = stateMachine.appliedSignal().want()) {
            while (System.nanoTime() < deadlineNanos) {
                RaftPeerId leader = knownLeader();
                if (leader == null) {
                    pause();
                    continue;
                }
                try {
                    long index =
                            links.readIndex(groupId, leader)
                                    .get(nanosUntil(deadlineNanos), TimeUnit.NANOSECONDS);
                    if (stateMachine.appliedSignal().await(index, nanosUntil(deadlineNanos))) {
                        return new Reply.Applied<>(applied(), applied());
                    }
                    why = "this pod lags behind " + index;
                } catch (ExecutionException | IOException e) {
                    why = String.valueOf(e.getMessage());
                    pause();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            why = "interrupted";
        } catch (TimeoutException e) {
            why = "no quorum confirmed the read in time";
        }
        return new Reply.Refused<>(new Refusal.Unavailable(why));
    }

    private Batcher.Result done(RaftClientReply reply, long deadlineNanos)
            throws InterruptedException {
        BatchOutcome outcome;
        try {
            outcome =
                    BatchOutcome.parseFrom(reply.getMessage().getContent().asReadOnlyByteBuffer());
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("the leader's answer is no outcome", e);
        }
        // Read-your-writes on this pod. Late, it is no failure: the command has taken effect.
        long index = reply.getLogIndex();
        long waitNanos = Math.min(FOLLOW_NANOS, nanosUntil(deadlineNanos));
        if (!stateMachine.appliedSignal().await(index, waitNanos)) {
            LOG.warn("This pod lags behind: {} is not applied, {} is", index, applied());
        }
        return new Batcher.Result.Done(index, outcome.getOutcomeList());
    }

    private RaftClientRequest.Builder request(RaftPeerId to, long callId, Message message) {
        return RaftClientRequest.newBuilder()
                .setClientId(clientId)
                .setServerId(to)
                .setGroupId(groupId)
                .setCallId(callId)
                .setMessage(message);
    }

    private @Nullable RaftPeerId knownLeader() {
        try {
            return server.getDivision(groupId).getInfo().getLeaderId();
        } catch (IOException e) {
            throw new IllegalStateException("no division of our only group", e);
        }
    }

    private long applied() {
        return stateMachine.engine().committed().index();
    }

    private static Batcher.Result failed(Refusal refusal) {
        return new Batcher.Result.Failed(refusal);
    }

    private static void pause() throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(PAUSE_NANOS);
    }

    private static long nanosUntil(long deadlineNanos) {
        return Math.max(0, deadlineNanos - System.nanoTime());
    }

    private static long millisUntil(long deadlineNanos) {
        return Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanosUntil(deadlineNanos)));
    }

    /** The tries of one pack: whom to ask next, and whether anyone was ever asked. */
    private final class Attempts {
        private boolean sent;
        private String why = "no leader is known";
        private @Nullable RaftPeerId hint;

        /** A refusing follower's hint first, then what this pod knows. */
        @Nullable RaftPeerId leader() {
            RaftPeerId next = hint != null ? hint : knownLeader();
            hint = null;
            return next;
        }

        /** One try; null if there was no answer, after a pause. */
        @Nullable RaftClientReply send(
                RaftPeerId leader, long callId, Message message, long deadlineNanos)
                throws InterruptedException {
            RaftClientRequest request =
                    request(leader, callId, message)
                            .setType(RaftClientRequest.writeRequestType())
                            .build();
            sent = true;
            try {
                CompletableFuture<RaftClientReply> reply =
                        links.submit(request, millisUntil(deadlineNanos));
                RaftClientReply answer = await(reply, leader, deadlineNanos);
                if (answer != null && !answer.isSuccess()) {
                    refused(answer.getException());
                }
                return answer;
            } catch (ExecutionException | IOException e) {
                Throwable cause = e instanceof ExecutionException x ? x.getCause() : e;
                why = String.valueOf(cause);
                pause();
                return null;
            }
        }

        Refusal refusal() {
            return sent ? new Refusal.Indeterminate(why) : new Refusal.Unavailable(why);
        }

        /** Waits for the answer; gives up once another pod leads. */
        private @Nullable RaftClientReply await(
                CompletableFuture<RaftClientReply> reply, RaftPeerId asked, long deadlineNanos)
                throws InterruptedException, ExecutionException {
            while (nanosUntil(deadlineNanos) > 0) {
                try {
                    long waitNanos = Math.min(LOOK_NANOS, nanosUntil(deadlineNanos));
                    return reply.get(waitNanos, TimeUnit.NANOSECONDS);
                } catch (TimeoutException e) {
                    RaftPeerId leads = knownLeader();
                    if (leads != null && !leads.equals(asked)) {
                        why = asked + " did not answer and leads no more";
                        return null;
                    }
                }
            }
            why = asked + " did not answer in time";
            return null;
        }

        private void refused(@Nullable RaftException refusal) throws InterruptedException {
            why = String.valueOf(refusal);
            if (refusal instanceof NotLeaderException notLeader
                    && notLeader.getSuggestedLeader() != null) {
                links.addRaftPeers(List.of(notLeader.getSuggestedLeader()));
                hint = notLeader.getSuggestedLeader().getId();
            }
            pause();
        }
    }
}
