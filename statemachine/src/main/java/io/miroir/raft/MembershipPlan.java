package io.miroir.raft;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Decides on a change of the group: what the members would be after it, or why it would be unsafe.
 * Raft keeps two majorities from deciding apart; this keeps a change from leaving no majority that
 * is alive, after which nothing could be changed any more.
 */
final class MembershipPlan {
    /** More votes make every write wait for more disks and survive hardly more failures. */
    static final int VOTERS_MAX = 5;

    /** Each member costs the leader a stream. */
    static final int MEMBERS_MAX = 32;

    private MembershipPlan() {}

    sealed interface Decision {
        record Apply(List<Member> next) implements Decision {}

        /** Everything is as wished already. */
        record Nothing() implements Decision {}

        record Refuse(String why) implements Decision {}
    }

    /**
     * Whether a leader can tell the living from the dead. To a new one those that have not answered
     * it yet look as if they had, an election's time before it.
     *
     * @param ledMillis since it leads
     * @param silentMillis since each other member's last answer
     * @param silenceMillisMax a longer silence is death
     */
    static boolean knowsWhoLives(long ledMillis, List<Long> silentMillis, long silenceMillisMax) {
        return ledMillis >= silenceMillisMax
                || silentMillis.stream().allMatch(silent -> silent <= ledMillis);
    }

    /**
     * What to do.
     *
     * @param now the members, none of whose changes is under way
     * @param alive who has answered the leader lately, itself included
     * @param caughtUp who has nearly all that is committed
     * @param clusterFormat which commands a member may be sent
     */
    static Decision decide(
            List<Member> now,
            Set<String> alive,
            Set<String> caughtUp,
            int clusterFormat,
            MemberChange change) {
        return switch (change) {
            case MemberChange.Join join ->
                    join.format() < clusterFormat
                            ? earlier(join, clusterFormat)
                            : join(now, alive, join.pod());
            case MemberChange.Promote promote -> promote(now, alive, caughtUp, promote.id());
            case MemberChange.Leave leave -> leave(now, alive, leave.id());
            case MemberChange.Replace replace -> replace(now, alive, caughtUp, replace);
        };
    }

    /** It would stop at the first command of the later format. */
    private static Decision earlier(MemberChange.Join join, int clusterFormat) {
        return refuse(
                """
                the program of %s knows commands up to format %d, the cluster's is %d: start the \
                one that the others run"""
                        .formatted(join.pod().id(), join.format(), clusterFormat));
    }

    private static Decision join(List<Member> now, Set<String> alive, Member pod) {
        Optional<Member> known = find(now, pod.id());
        if (known.isPresent() && known.get().isSameLifeAs(pod)) {
            // The answer that told it was lost: it must not ask for ever.
            return new Decision.Nothing();
        }
        if (known.isPresent()) {
            return refuse(
                    alive.contains(pod.id())
                            ? "a pod named " + pod.id() + " is a member, and alive"
                            : pod.id() + " is a member already: remove it before it joins anew");
        }
        if (now.size() >= MEMBERS_MAX) {
            return refuse("there are " + MEMBERS_MAX + " members already, the most there may be");
        }
        for (Member member : now) {
            if (member.raftAddress().equals(pod.raftAddress())) {
                return refuse(pod.raftAddress() + " is the address of " + member.id());
            }
        }
        List<Member> next = new ArrayList<>(now);
        next.add(
                new Member(
                        pod.id(), pod.raftAddress(), pod.peerAddress(), pod.incarnation(), false));
        return new Decision.Apply(next);
    }

    private static Decision promote(
            List<Member> now, Set<String> alive, Set<String> caughtUp, String id) {
        Optional<Member> pod = find(now, id);
        if (pod.isEmpty()) {
            return refuse(id + " is no member");
        }
        if (pod.get().voter()) {
            return new Decision.Nothing();
        }
        if (voters(now).size() >= VOTERS_MAX) {
            return refuse("there are " + VOTERS_MAX + " voters already, the most there may be");
        }
        Optional<String> unfit = unfit(alive, caughtUp, id);
        if (unfit.isPresent()) {
            return refuse(unfit.get());
        }
        return safely(now, replaced(now, pod.get().asVoter()), alive);
    }

    private static Decision leave(List<Member> now, Set<String> alive, String id) {
        Optional<Member> pod = find(now, id);
        if (pod.isEmpty()) {
            return new Decision.Nothing();
        }
        if (pod.get().voter() && voters(now).size() == 1) {
            return refuse(id + " is the last voter: without it there is no cluster");
        }
        return safely(now, without(now, id), alive);
    }

    /** What follows when a member has been silent for long: only a listener goes by itself. */
    static Decision absent(List<Member> now, Set<String> alive, String id) {
        Optional<Member> pod = find(now, id);
        if (pod.isEmpty()) {
            return new Decision.Nothing();
        }
        if (pod.get().voter()) {
            return refuse(id + " has a vote: it leaves by command alone");
        }
        return alive.contains(id)
                ? refuse(id + " answers again")
                : new Decision.Apply(without(now, id));
    }

    private static Decision replace(
            List<Member> now,
            Set<String> alive,
            Set<String> caughtUp,
            MemberChange.Replace replace) {
        Optional<Member> lost = find(now, replace.lost());
        Optional<Member> by = find(now, replace.by());
        if (by.isEmpty()) {
            return refuse(replace.by() + " is no member: it must join first");
        }
        if (lost.isEmpty() && by.get().voter()) {
            return new Decision.Nothing();
        }
        if (lost.isEmpty() || !lost.get().voter()) {
            return refuse(replace.lost() + " is no voter");
        }
        if (by.get().voter()) {
            return refuse(replace.by() + " has a vote already");
        }
        Optional<String> unfit = unfit(alive, caughtUp, replace.by());
        if (unfit.isPresent()) {
            return refuse(unfit.get());
        }
        List<Member> next =
                replaced(now, by.get().asVoter()).stream()
                        .filter(member -> !member.id().equals(replace.lost()))
                        .toList();
        return safely(now, next, alive);
    }

    private static Optional<String> unfit(Set<String> alive, Set<String> caughtUp, String id) {
        if (!alive.contains(id)) {
            return Optional.of(id + " does not answer: it would be a vote that is never given");
        }
        if (!caughtUp.contains(id)) {
            return Optional.of(id + " has not caught up yet: writes would wait for it");
        }
        return Optional.empty();
    }

    /** A change is decided by a majority of the old voters and one of the new. */
    private static Decision safely(List<Member> now, List<Member> next, Set<String> alive) {
        List<String> before = voters(now);
        List<String> after = voters(next);
        if (before.equals(after)) {
            return new Decision.Apply(next);
        }
        for (List<String> voters : List.of(before, after)) {
            long answering = voters.stream().filter(alive::contains).count();
            if (answering <= voters.size() / 2) {
                return refuse(
                        "of the voters %s only %d answer: %d are needed to decide anything"
                                .formatted(voters, answering, voters.size() / 2 + 1));
            }
        }
        return new Decision.Apply(next);
    }

    private static List<Member> without(List<Member> now, String id) {
        return now.stream().filter(member -> !member.id().equals(id)).toList();
    }

    private static List<Member> replaced(List<Member> now, Member pod) {
        return now.stream().map(member -> member.id().equals(pod.id()) ? pod : member).toList();
    }

    private static List<String> voters(List<Member> members) {
        return members.stream().filter(Member::voter).map(Member::id).sorted().toList();
    }

    private static Optional<Member> find(List<Member> members, String id) {
        return members.stream().filter(member -> member.id().equals(id)).findFirst();
    }

    private static Decision refuse(String why) {
        return new Decision.Refuse(why);
    }
}
