package io.miroir.raft.link;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.thirdparty.com.google.protobuf.BoolValue;
import org.apache.ratis.util.ProtoUtils;
import org.jspecify.annotations.Nullable;

/**
 * What a linearizable read must see (Raft, section 6.4): the leader's commit index, once a majority
 * has said, after it was looked up, that it still has the leader's term. Whoever led in a newer one
 * before would have had a vote of that majority.
 *
 * <p>Not by Ratis' own read index: that answers without asking anybody if the same index was
 * confirmed before, also on a leader that was paused and has lost its place since.
 */
final class ReadIndexes {
    private final RaftServer server;
    private final Links links;
    private final long millisMax;

    /** The round that readers wait for who came while another one was under way. */
    private @Nullable CompletableFuture<Long> next;

    private boolean underWay;

    ReadIndexes(RaftServer server, Links links, long millisMax) {
        this.server = server;
        this.links = links;
        this.millisMax = millisMax;
    }

    /**
     * The index that a read must see that began before this call.
     *
     * @throws IOException if this pod does not lead
     */
    CompletableFuture<Long> current(RaftServer.Division member) throws IOException {
        long term = member.getInfo().getCurrentTerm();
        if (!member.getInfo().isLeaderReady()) {
            throw new IOException(server.getId() + " does not lead");
        }
        long index = member.getRaftLog().getLastCommittedIndex();
        return confirmed(member)
                .thenCompose(
                        confirmed ->
                                confirmed == term
                                        ? CompletableFuture.completedFuture(index)
                                        : CompletableFuture.failedFuture(
                                                new IOException("term " + term + " is over")));
    }

    /** What is asked of a group's member, about a term where it counts. */
    static RaftRpcRequestProto question(RaftGroupId group, long term) {
        return RaftRpcRequestProto.newBuilder()
                .setRaftGroupId(ProtoUtils.toRaftGroupIdProtoBuilder(group))
                .setCallId(term)
                .build();
    }

    /** A member's answer to one who believes to lead in a term. */
    static boolean isIn(RaftServer.Division member, long term) {
        return member.getInfo().getCurrentTerm() == term;
    }

    /**
     * Ends when a round does that began after this call, with the term that it was about: not that
     * of a reader who came while this pod still believed to lead an older one.
     */
    private synchronized CompletableFuture<Long> confirmed(RaftServer.Division member) {
        if (next == null) {
            next = new CompletableFuture<>();
        }
        CompletableFuture<Long> mine = next;
        if (!underWay) {
            begin(member);
        }
        return mine;
    }

    private synchronized void begin(RaftServer.Division member) {
        CompletableFuture<Long> now = next;
        next = null;
        underWay = now != null;
        if (now == null) {
            return;
        }
        long term = member.getInfo().getCurrentTerm();
        var _ =
                new Round(member, term)
                        .run()
                        .whenComplete(
                                (_, failure) -> {
                                    begin(member);
                                    if (failure == null) {
                                        now.complete(term);
                                    } else {
                                        now.completeExceptionally(failure);
                                    }
                                });
    }

    /** One question to all voters. */
    private final class Round {
        private final Collection<RaftPeer> voters;
        private final Collection<RaftPeer> before;
        private final long term;
        private final RaftRpcRequestProto question;
        private final Set<RaftPeerId> yes = ConcurrentHashMap.newKeySet();
        private final AtomicInteger open;
        private final CompletableFuture<Void> end = new CompletableFuture<>();

        Round(RaftServer.Division member, long term) {
            RaftConfiguration members = member.getRaftConf();
            this.question = question(member.getGroup().getGroupId(), term);
            this.voters = List.copyOf(members.getCurrentPeers());
            // While the members change, both majorities count.
            this.before = List.copyOf(members.getPreviousPeers());
            this.term = term;
            this.open = new AtomicInteger(1);
        }

        CompletableFuture<Void> run() {
            List<RaftPeerId> all =
                    Stream.concat(voters.stream(), before.stream())
                            .map(RaftPeer::getId)
                            .distinct()
                            .toList();
            for (RaftPeerId voter : all) {
                if (voter.equals(server.getId())) {
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
            if (isMajority(voters) && (before.isEmpty() || isMajority(before))) {
                end.complete(null);
            } else if (last) {
                end.completeExceptionally(
                        new IOException("no majority has term " + term + " any more"));
            }
        }

        private boolean isMajority(Collection<RaftPeer> of) {
            long said = of.stream().filter(voter -> yes.contains(voter.getId())).count();
            return 2 * said > of.size();
        }
    }
}
