package io.miroir.cluster.member;

import io.miroir.cluster.peer.PodFacts;
import io.miroir.raft.DamageMark;
import io.miroir.raft.LostVote;
import io.miroir.raft.Member;
import io.miroir.raft.MemberChange;
import io.miroir.raft.MemberOutcome;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A pod without data enters a living cluster: it is no member, then a listener, and a voter again
 * if it was one. In this order a pod that lost its disk can't vote as if it had never acknowledged
 * anything, and no leader takes it for what it was.
 */
final class Joining {
    private static final Logger LOG = LoggerFactory.getLogger(Joining.class);
    private static final long PAUSE_MILLIS = 100;
    private static final long PROMOTE_NANOS_MAX = TimeUnit.SECONDS.toNanos(60);

    private final Doorkeeper.Self self;
    private final Function<MemberChange, MemberOutcome> leader;
    private final Supplier<List<PodFacts>> facts;

    /**
     * @param leader brings a change to the leader
     * @param facts asks the other pods what they know
     */
    Joining(
            Doorkeeper.Self self,
            Function<MemberChange, MemberOutcome> leader,
            Supplier<List<PodFacts>> facts) {
        this.self = self;
        this.leader = leader;
        this.facts = facts;
    }

    /**
     * Before the store is opened: this pod is struck off the list, and what it holds is set aside.
     * A pod that is stopped between begins here again: what it has to know then is written down
     * first.
     *
     * @param damage why, where it had data
     * @param settle writes down that from now on it joins
     */
    Admission prepare(UUID clusterId, @Nullable String damage, Runnable settle) {
        List<Member> members = members(clusterId);
        boolean wasVoter =
                LostVote.isThere(self.dataDir())
                        || members.stream().anyMatch(m -> m.id().equals(self.podId()) && m.voter());
        if (damage != null) {
            LOG.error(
                    "{}. This pod sets its data aside ({}/set-aside) and takes everything from the"
                            + " other pods",
                    damage,
                    self.dataDir());
            DamageMark.put(self.dataDir(), damage);
        } else {
            LOG.info("pod {} joins cluster {}", self.podId(), clusterId);
        }
        if (wasVoter) {
            LostVote.put(self.dataDir());
        }
        ask(new MemberChange.Leave(self.podId()));
        settle.run();
        SetAside.keep(self.dataDir());
        List<Member> others =
                members.stream().filter(member -> !member.id().equals(self.podId())).toList();
        return new Admission(clusterId, others, true, wasVoter, false);
    }

    /** After it was opened: the leader sends all there is, then this pod is a member. */
    void finish(Admission admission, UUID incarnation) {
        Member member = self.member();
        ask(
                new MemberChange.Join(
                        new Member(
                                member.id(),
                                member.raftAddress(),
                                member.peerAddress(),
                                incarnation.toString(),
                                false),
                        self.knownFormat()));
        LOG.info("pod {} follows the cluster", self.podId());
        if (admission.wasVoter()) {
            promote();
        }
    }

    private void promote() {
        long giveUpNanos = System.nanoTime() + PROMOTE_NANOS_MAX;
        MemberChange promote = new MemberChange.Promote(self.podId());
        MemberOutcome outcome = leader.apply(promote);
        while (!(outcome instanceof MemberOutcome.Changed) && System.nanoTime() < giveUpNanos) {
            outcome = again(promote);
        }
        if (outcome instanceof MemberOutcome.Changed) {
            LOG.info("pod {} has its vote again", self.podId());
        } else {
            LOG.warn(
                    "pod {} follows without the vote that it had: {}. Give it back by: miroir"
                            + " cluster promote {}",
                    self.podId(),
                    outcome,
                    self.podId());
        }
    }

    /** Until the leader has agreed: whatever is in the way may pass. */
    private void ask(MemberChange change) {
        String told = "";
        MemberOutcome outcome = leader.apply(change);
        while (!(outcome instanceof MemberOutcome.Changed)) {
            if (!outcome.toString().equals(told)) {
                told = outcome.toString();
                LOG.warn("{} is not agreed on yet: {}", change, told);
            }
            outcome = again(change);
        }
    }

    /** Where the leader answers may be known better by now. */
    private MemberOutcome again(MemberChange change) {
        Patience.pause(PAUSE_MILLIS, "joining the cluster");
        List<PodFacts> _ = facts.get();
        return leader.apply(change);
    }

    private List<Member> members(UUID clusterId) {
        while (true) {
            Optional<PodFacts> best =
                    facts.get().stream()
                            .filter(pod -> clusterId.equals(pod.clusterId()))
                            .filter(pod -> pod.leaderId() != null && !pod.members().isEmpty())
                            .findFirst();
            if (best.isPresent()) {
                return best.get().members();
            }
            Patience.pause(PAUSE_MILLIS, "joining the cluster");
        }
    }
}
