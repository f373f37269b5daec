package io.miroir.cluster.peer;

import io.miroir.proto.peer.AcknowledgedLog;
import io.miroir.proto.peer.ChangeMembersReply;
import io.miroir.proto.peer.ChangeMembersRequest;
import io.miroir.proto.peer.ClusterMember;
import io.miroir.proto.peer.ClusterMembers;
import io.miroir.proto.peer.GreetReply;
import io.miroir.proto.peer.GreetRequest;
import io.miroir.proto.peer.Replacement;
import io.miroir.raft.Member;
import io.miroir.raft.MemberChange;
import io.miroir.raft.MemberOutcome;
import io.miroir.raft.link.Acknowledged;
import io.miroir.store.format.CommandFormats;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Greetings and changes of members, between our types and those on the wire. */
final class MemberWords {
    private MemberWords() {}

    static GreetRequest request(Greeting from) {
        return GreetRequest.newBuilder()
                .setPodId(from.podId())
                .setClusterId(text(from.clusterId()))
                .setRun(from.run())
                .setFormat(from.format())
                .setTerm(from.term())
                .build();
    }

    static Greeting greeting(GreetRequest request) {
        return new Greeting(
                request.getPodId(),
                uuid(request.getClusterId()),
                request.getRun(),
                format(request.getFormat()),
                request.getTerm());
    }

    static GreetReply reply(Greeted greeted) {
        return switch (greeted) {
            case Greeted.Refused refused ->
                    GreetReply.newBuilder()
                            .setRefusal(refused.why())
                            .setAnotherRuns(refused.another())
                            .build();
            case Greeted.Welcome welcome -> {
                GreetReply.Builder reply =
                        reply(welcome.facts())
                                .setTellsAcknowledged(welcome.tells())
                                .setNotReached(!welcome.reached());
                welcome.acknowledged().map(MemberWords::word).ifPresent(reply::setAcknowledged);
                yield reply.build();
            }
        };
    }

    private static GreetReply.Builder reply(PodFacts facts) {
        String leader = facts.leaderId();
        return GreetReply.newBuilder()
                .setPodId(facts.podId())
                .setClusterId(text(facts.clusterId()))
                .setRun(facts.run())
                .setFounded(facts.founded())
                .setLeaderId(leader == null ? "" : leader)
                .addAllMember(facts.members().stream().map(MemberWords::word).toList())
                .putAllCommit(facts.commits());
    }

    private static AcknowledgedLog word(Acknowledged told) {
        return AcknowledgedLog.newBuilder()
                .setTerm(told.term())
                .setIndex(told.index())
                .setEntryTerm(told.entryTerm())
                .build();
    }

    static Greeted greeted(GreetReply reply) {
        if (!reply.getRefusal().isEmpty()) {
            return new Greeted.Refused(reply.getRefusal(), reply.getAnotherRuns());
        }
        return new Greeted.Welcome(
                new PodFacts(
                        reply.getPodId(),
                        uuid(reply.getClusterId()),
                        reply.getRun(),
                        reply.getFounded(),
                        reply.getLeaderId().isEmpty() ? null : reply.getLeaderId(),
                        members(reply.getMemberList()),
                        reply.getCommitMap()),
                reply.hasAcknowledged()
                        ? Optional.of(acknowledged(reply.getAcknowledged()))
                        : Optional.empty(),
                reply.getTellsAcknowledged(),
                !reply.getNotReached());
    }

    private static Acknowledged acknowledged(AcknowledgedLog word) {
        return new Acknowledged(word.getTerm(), word.getIndex(), word.getEntryTerm());
    }

    static ChangeMembersRequest request(MemberChange change) {
        ChangeMembersRequest.Builder request = ChangeMembersRequest.newBuilder();
        switch (change) {
            case MemberChange.Join join ->
                    request.setJoin(word(join.pod())).setFormat(join.format());
            case MemberChange.Promote promote -> request.setPromote(promote.id());
            case MemberChange.Leave leave -> request.setLeave(leave.id());
            case MemberChange.Replace replace ->
                    request.setReplace(
                            Replacement.newBuilder().setLost(replace.lost()).setBy(replace.by()));
        }
        return request.build();
    }

    /** Nothing for a change that only a newer pod knows. */
    static Optional<MemberChange> change(ChangeMembersRequest request) {
        return switch (request.getChangeCase()) {
            case JOIN ->
                    Optional.of(
                            new MemberChange.Join(
                                    member(request.getJoin()), format(request.getFormat())));
            case PROMOTE -> Optional.of(new MemberChange.Promote(request.getPromote()));
            case LEAVE -> Optional.of(new MemberChange.Leave(request.getLeave()));
            case REPLACE ->
                    Optional.of(
                            new MemberChange.Replace(
                                    request.getReplace().getLost(), request.getReplace().getBy()));
            case CHANGE_NOT_SET -> Optional.empty();
        };
    }

    static ChangeMembersReply reply(MemberOutcome outcome) {
        ChangeMembersReply.Builder reply = ChangeMembersReply.newBuilder();
        switch (outcome) {
            case MemberOutcome.Changed changed ->
                    reply.setChanged(
                            ClusterMembers.newBuilder()
                                    .addAllMember(
                                            changed.members().stream()
                                                    .map(MemberWords::word)
                                                    .toList()));
            case MemberOutcome.Refused refused -> reply.setRefused(refused.why());
            case MemberOutcome.NotLeader other -> {
                String leader = other.leaderId();
                reply.setNotLeader(leader == null ? "" : leader);
            }
            case MemberOutcome.Undecided undecided -> reply.setUndecided(undecided.why());
        }
        return reply.build();
    }

    static MemberOutcome outcome(ChangeMembersReply reply) {
        return switch (reply.getOutcomeCase()) {
            case CHANGED -> new MemberOutcome.Changed(members(reply.getChanged().getMemberList()));
            case REFUSED -> new MemberOutcome.Refused(reply.getRefused());
            case NOT_LEADER ->
                    new MemberOutcome.NotLeader(
                            reply.getNotLeader().isEmpty() ? null : reply.getNotLeader());
            case UNDECIDED -> new MemberOutcome.Undecided(reply.getUndecided());
            case OUTCOME_NOT_SET ->
                    new MemberOutcome.Undecided("an answer that only a newer pod knows");
        };
    }

    /** A program that says nothing is of before there was a second format. */
    static int format(int told) {
        return Math.max(CommandFormats.FIRST, told);
    }

    private static List<Member> members(List<ClusterMember> words) {
        return words.stream().map(MemberWords::member).toList();
    }

    private static Member member(ClusterMember word) {
        return new Member(
                word.getId(),
                word.getRaftAddress(),
                word.getPeerAddress(),
                word.getIncarnation(),
                word.getVoter());
    }

    private static ClusterMember word(Member member) {
        return ClusterMember.newBuilder()
                .setId(member.id())
                .setRaftAddress(member.raftAddress())
                .setPeerAddress(member.peerAddress())
                .setIncarnation(member.incarnation())
                .setVoter(member.voter())
                .build();
    }

    private static String text(@Nullable UUID id) {
        return id == null ? "" : id.toString();
    }

    private static @Nullable UUID uuid(String text) {
        return text.isEmpty() ? null : UUID.fromString(text);
    }
}
