package io.miroir.raft.link;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.thirdparty.com.google.protobuf.BoolValue;
import org.apache.ratis.util.ProtoUtils;

/**
 * What a linearizable read must see (Raft, section 6.4): the leader's commit index, once a majority
 * has said, after the read began, that it still has the leader's term. Whoever led in a newer one
 * before would have had a vote of that majority.
 *
 * <p>A follower that asks for the index says in which term it is, which is its answer already: of
 * three voters, it and the leader are the majority, and nobody else is asked.
 *
 * <p>Not by Ratis' own read index: that answers without asking anybody if the same index was
 * confirmed before, also on a leader that was paused and has lost its place since.
 */
final class ReadIndexes {
    private final RaftPeerId self;
    private final Members members;
    private final Links links;
    private final long millisMax;
    private final Map<RaftGroupId, Rounds<Long>> rounds = new ConcurrentHashMap<>();

    /** This pod's members. */
    interface Members {
        /**
         * As it is whenever it is asked.
         *
         * @throws IOException if there is none of that group
         */
        Standing of(RaftGroupId group) throws IOException;
    }

    ReadIndexes(RaftPeerId self, Members members, Links links, long millisMax) {
        this.self = self;
        this.members = members;
        this.links = links;
        this.millisMax = millisMax;
    }

    /**
     * The index that a read must see that began before this call.
     *
     * @throws IOException if this pod does not lead
     */
    CompletableFuture<Long> current(RaftGroupId group) throws IOException {
        return current(group, self, members.of(group).term());
    }

    /** The same, of a follower that {@linkplain #asking asks} for it. */
    CompletableFuture<Long> current(RaftRpcRequestProto asked) throws IOException {
        // A pod of an earlier version says neither: it is not counted.
        RaftPeerId asker =
                asked.getRequestorId().isEmpty()
                        ? self
                        : RaftPeerId.valueOf(asked.getRequestorId());
        return current(group(asked), asker, asked.getCallId());
    }

    private CompletableFuture<Long> current(RaftGroupId group, RaftPeerId asker, long itsTerm)
            throws IOException {
        Standing member = members.of(group);
        long term = member.term();
        if (!member.leads()) {
            throw new IOException(self + " does not lead");
        }
        long index = member.committedIndex();
        if (itsTerm == term && member.voters().decided(List.of(self, asker))) {
            return CompletableFuture.completedFuture(index);
        }
        return rounds.computeIfAbsent(group, _ -> new Rounds<>(() -> confirmedTerm(group)))
                .answer()
                .thenCompose(
                        confirmed ->
                                confirmed == term
                                        ? CompletableFuture.completedFuture(index)
                                        : CompletableFuture.failedFuture(
                                                new IOException("term " + term + " is over")));
    }

    /** A follower's question for the index. */
    static RaftRpcRequestProto asking(RaftGroupId group, RaftPeerId self, long term) {
        return question(group, term).toBuilder().setRequestorId(self.toByteString()).build();
    }

    /** A leader's question, whether a member is in its term. */
    private static RaftRpcRequestProto question(RaftGroupId group, long term) {
        return RaftRpcRequestProto.newBuilder()
                .setRaftGroupId(ProtoUtils.toRaftGroupIdProtoBuilder(group))
                .setCallId(term)
                .build();
    }

    /** This pod's answer to it. */
    BoolValue isInTerm(RaftRpcRequestProto asked) throws IOException {
        return BoolValue.of(members.of(group(asked)).term() == asked.getCallId());
    }

    private static RaftGroupId group(RaftRpcRequestProto asked) {
        return RaftGroupId.valueOf(asked.getRaftGroupId().getId());
    }

    /**
     * Asks a majority once; the answer is the term that it has. That need not be the term of a
     * reader who came while this pod still believed to lead an older one.
     */
    private CompletableFuture<Long> confirmedTerm(RaftGroupId group) throws IOException {
        Standing member = members.of(group);
        long term = member.term();
        return new Round(member.voters(), question(group, term)).run().thenApply(_ -> term);
    }

    /** One question to all voters. */
    private final class Round {
        private final Voters voters;
        private final RaftRpcRequestProto question;
        private final Set<RaftPeerId> yes = ConcurrentHashMap.newKeySet();
        private final AtomicInteger open = new AtomicInteger(1);
        private final CompletableFuture<Void> end = new CompletableFuture<>();

        Round(Voters voters, RaftRpcRequestProto question) {
            this.voters = voters;
            this.question = question;
        }

        CompletableFuture<Void> run() {
            for (RaftPeerId voter : voters.all()) {
                if (voter.equals(self)) {
                    yes.add(voter);
                } else {
                    ask(voter);
                }
            }
            oneLess();
            return end;
        }

        private void ask(RaftPeerId voter) {
            Link link = links.openTo(voter, Links.Purpose.APPENDS);
            if (link == null) {
                return;
            }
            open.incrementAndGet();
            try {
                var _ =
                        link.send(Kind.IS_TERM, question, millisMax)
                                .thenApply(a -> LinkService.parse(BoolValue.parser(), a))
                                .whenComplete(
                                        (answer, _) -> {
                                            if (answer != null && answer.getValue()) {
                                                yes.add(voter);
                                            }
                                            oneLess();
                                        });
            } catch (IOException e) {
                oneLess();
            }
        }

        private void oneLess() {
            boolean last = open.decrementAndGet() == 0;
            if (voters.decided(yes)) {
                end.complete(null);
            } else if (last) {
                end.completeExceptionally(
                        new IOException(
                                "no majority has term " + question.getCallId() + " any more"));
            }
        }
    }
}
