package io.miroir.cluster.member;

import io.miroir.cluster.peer.Greeted;
import io.miroir.cluster.peer.PodFacts;
import io.miroir.raft.Member;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Decides how a pod that starts enters its cluster (protocol rule 24). What it must never do: form
 * a second cluster beside a living one, or vote as if it had never acknowledged anything when it
 * has lost its data.
 */
final class Entrance {
    /**
     * How long a pod with data waits for the word of one other pod where some are there and slow.
     * Alone it can decide nothing, so nothing is lost; where all of them are known to be down it
     * does not wait.
     */
    static final Duration WORD_WAIT_MAX = Duration.ofSeconds(30);

    /**
     * How long a pod with data waits for the word of a leader that others name, on what it has
     * acknowledged. Longer than an election, or than a leader without a majority goes on.
     */
    static final Duration LEADER_WAIT_MAX = Duration.ofSeconds(5);

    /**
     * How long a pod with data waits to be found where others know it to be. A name may lead
     * elsewhere for half a minute after a pod has moved.
     */
    static final Duration REACHED_WAIT_MAX = Duration.ofSeconds(60);

    private Entrance() {}

    /** What to do. */
    sealed interface Decision {
        /** Open what is there. */
        record Open(UUID clusterId) implements Decision {}

        /** Form a cluster with all configured pods, of which none has any data. */
        record Found(UUID clusterId) implements Decision {}

        /** Follow a cluster that lives, without a vote; what is in the directory does not count. */
        record Join(UUID clusterId) implements Decision {}

        /** Ask again: the answer may change. */
        record Wait(String why) implements Decision {}

        /** Not like this. */
        record Refuse(String why) implements Decision {}
    }

    /**
     * What this pod knows when it asks.
     *
     * @param podId configured
     * @param identity found in the data directory
     * @param damage what is wrong with the data, null if nothing is
     * @param others the other configured pods
     * @param heard the answers of those that gave one
     * @param late those that gave none in time; one that is down is not late
     * @param asking for how long it has asked
     */
    record Situation(
            String podId,
            Optional<PodIdentity> identity,
            @Nullable String damage,
            List<String> others,
            Map<String, Greeted> heard,
            Set<String> late,
            Duration asking) {

        private List<PodFacts> facts() {
            return welcomes().map(Greeted.Welcome::facts).toList();
        }

        private Stream<Greeted.Welcome> welcomes() {
            return heard.values().stream()
                    .filter(Greeted.Welcome.class::isInstance)
                    .map(Greeted.Welcome.class::cast);
        }

        /** Another pod of the cluster that leads, as it or others say. */
        private Optional<String> leader(UUID clusterId) {
            return facts().stream()
                    .filter(pod -> clusterId.equals(pod.clusterId()))
                    .map(PodFacts::leaderId)
                    .filter(id -> id != null && !id.equals(podId))
                    .findFirst();
        }

        /**
         * Whether a leader has said what this pod acknowledged; its damage tells if it has less.
         */
        private boolean hasWord(UUID clusterId) {
            return welcomes()
                    .filter(pod -> clusterId.equals(pod.facts().clusterId()))
                    .anyMatch(pod -> pod.acknowledged().isPresent());
        }

        /** Whether it is worth waiting for that word: an earlier program never says it. */
        private boolean mayTell(String leader) {
            return !(heard.get(leader) instanceof Greeted.Welcome said) || said.tells();
        }

        /** Pods that find nobody where this one is known to be; none if any finds it. */
        private Set<String> findNobody() {
            return welcomes().anyMatch(Greeted.Welcome::reached)
                    ? Set.of()
                    : welcomes()
                            .map(pod -> pod.facts().podId())
                            .collect(Collectors.toCollection(TreeSet::new));
        }

        private List<String> silent() {
            return others.stream().filter(id -> !heard.containsKey(id)).toList();
        }
    }

    /**
     * What to do now.
     *
     * @param fresh the id of a new cluster, if this pod is to name one
     */
    static Decision decide(Situation now, UUID fresh) {
        for (Map.Entry<String, Greeted> answer : now.heard().entrySet()) {
            if (answer.getValue() instanceof Greeted.Refused refused) {
                return new Decision.Refuse(answer.getKey() + " says: " + refused.why());
            }
        }
        if (now.identity().isEmpty()) {
            return now.damage() == null
                    ? empty(now, fresh)
                    : new Decision.Refuse(
                            now.damage() + ", and nothing says which cluster's data this is");
        }
        PodIdentity identity = now.identity().get();
        if (!identity.podId().equals(now.podId())) {
            return new Decision.Refuse(
                    "data_dir is that of pod %s, the configuration says pod_id: %s"
                            .formatted(identity.podId(), now.podId()));
        }
        return switch (identity.stage()) {
            case FOUNDING -> new Decision.Open(identity.clusterId());
            case JOINING -> joinAnew(now, identity);
            case MEMBER -> now.damage() == null ? sound(now, identity) : damaged(now, identity);
        };
    }

    private static Decision empty(Situation now, UUID fresh) {
        Set<UUID> living = clusters(now, true);
        if (living.size() > 1) {
            return new Decision.Refuse("the configured pods are of several clusters: " + living);
        }
        if (!living.isEmpty()) {
            return new Decision.Join(living.iterator().next());
        }
        if (!now.silent().isEmpty()) {
            return new Decision.Wait(
                    "a cluster is formed only when all configured pods answer and none has data;"
                            + " no answer yet from "
                            + now.silent());
        }
        Set<UUID> forming = clusters(now, false);
        if (!forming.isEmpty()) {
            return new Decision.Found(new TreeSet<>(forming).first());
        }
        List<String> all = new ArrayList<>(now.others());
        all.add(now.podId());
        String first = new TreeSet<>(all).first();
        return first.equals(now.podId())
                ? new Decision.Found(fresh)
                : new Decision.Wait(first + " is to name the cluster");
    }

    /** It is not known to be sound before the leader, where there is one, was asked. */
    private static Decision sound(Situation now, PodIdentity identity) {
        Decision decision = open(now, identity);
        if (decision instanceof Decision.Open && !now.findNobody().isEmpty()) {
            return elsewhere(now);
        }
        Optional<String> leader = now.leader(identity.clusterId());
        return decision instanceof Decision.Open
                        && leader.filter(now::mayTell).isPresent()
                        && !now.hasWord(identity.clusterId())
                        && now.asking().compareTo(LEADER_WAIT_MAX) < 0
                ? new Decision.Wait(
                        leader.get() + " leads and has not said yet what this pod acknowledged")
                : decision;
    }

    /**
     * Others can send it nothing, and the pod whose copy this may be can come back any time: both
     * would vote.
     */
    private static Decision elsewhere(Situation now) {
        String why = whereToBe(now.podId(), now.findNobody());
        return now.asking().compareTo(REACHED_WAIT_MAX) < 0
                ? new Decision.Wait(why)
                : new Decision.Refuse(why);
    }

    /** For a pod that starts as for one that runs. */
    static String whereToBe(String podId, Set<String> others) {
        return """
        nobody answers where %s is known to be, say %s. If this is a copy of its data_dir, remove \
        it; if the pod has moved, give its new address in peers on all pods"""
                .formatted(podId, others);
    }

    /**
     * The leader knows whether this data directory still counts. A pod that does not lead may be
     * behind: if it doubts, the leader's word is waited for; if not, there is no time to lose when
     * all pods start at once. That all are slow to answer means nothing.
     */
    private static Decision open(Situation now, PodIdentity identity) {
        if (now.heard().isEmpty()
                && !now.late().isEmpty()
                && now.asking().compareTo(WORD_WAIT_MAX) < 0) {
            return new Decision.Wait(
                    "no other pod has said yet whether this data still counts; slow to answer: "
                            + now.late());
        }
        Decision decision = new Decision.Open(identity.clusterId());
        for (PodFacts pod : now.facts()) {
            if (!identity.clusterId().equals(pod.clusterId()) || pod.members().isEmpty()) {
                continue;
            }
            boolean leads = pod.podId().equals(pod.leaderId());
            Optional<String> doubt = doubt(now.podId(), identity, pod);
            if (leads) {
                return doubt.<Decision>map(Decision.Refuse::new)
                        .orElse(new Decision.Open(identity.clusterId()));
            }
            if (doubt.isPresent()) {
                decision = new Decision.Wait(doubt.get() + "; no leader says so yet");
            }
        }
        return decision;
    }

    /** Whether that pod knows this one by another disk, or not at all. */
    static Optional<String> doubt(String podId, PodIdentity identity, PodFacts pod) {
        Optional<Member> seen =
                pod.members().stream().filter(member -> member.id().equals(podId)).findFirst();
        if (seen.isEmpty()) {
            return Optional.of(StruckOff.message(podId, pod));
        }
        String incarnation = seen.get().incarnation();
        return incarnation.isEmpty() || incarnation.equals(identity.incarnation().toString())
                ? Optional.empty()
                : Optional.of(
                        """
                        %s has joined with another disk since, says %s: this data_dir is out of \
                        date and must not vote. To use it, empty it"""
                                .formatted(podId, pod.podId()));
    }

    private static Decision joinAnew(Situation now, PodIdentity identity) {
        return clusters(now, true).contains(identity.clusterId())
                ? new Decision.Join(identity.clusterId())
                : new Decision.Wait("no member of cluster " + identity.clusterId() + " answers");
    }

    /**
     * A voter that lost part of its log may have acknowledged what it lost. It must not vote again
     * before a leader has given it everything.
     */
    private static Decision damaged(Situation now, PodIdentity identity) {
        String repair = now.damage() + "; ";
        if (now.others().isEmpty()) {
            return new Decision.Refuse(repair + "there is no other copy: restore a backup");
        }
        return now.leader(identity.clusterId()).isPresent()
                ? new Decision.Join(identity.clusterId())
                : new Decision.Wait(
                        repair
                                + "it can be had from the other pods, but no leader is among those"
                                + " that answer. If their majority is lost as well, recover from a"
                                + " survivor or restore a backup");
    }

    private static Set<UUID> clusters(Situation now, boolean founded) {
        return now.facts().stream()
                .filter(pod -> pod.founded() == founded)
                .map(PodFacts::clusterId)
                .filter(id -> id != null)
                .collect(Collectors.toSet());
    }
}
