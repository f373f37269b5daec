package io.miroir.cluster.member;

import io.miroir.cluster.peer.Greeted;
import io.miroir.cluster.peer.Greeting;
import io.miroir.cluster.peer.Peers;
import io.miroir.cluster.peer.PodFacts;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Greets the configured pods, and whoever leads as they say, and remembers what each said last:
 * what a pod that starts has acknowledged only the leader knows.
 */
final class Greetings {
    static final Duration TIMEOUT = Duration.ofMillis(1_500);

    private final Peers peers;
    private final Addresses addresses;
    private final Map<String, Greeted> heard = new ConcurrentHashMap<>();
    private final Set<String> late = ConcurrentHashMap.newKeySet();

    Greetings(Peers peers, Addresses addresses) {
        this.peers = peers;
        this.addresses = addresses;
    }

    /**
     * Greets all at once; comes back when each has answered or had its time.
     *
     * @param mayLead whom to ask of those that others say lead
     */
    void all(Greeting greeting, Predicate<String> mayLead) {
        Set<String> ids = new TreeSet<>(addresses.configured());
        greet(ids, greeting);
        Set<String> leaders = otherLeaders(mayLead);
        greet(leaders, greeting);
        ids.addAll(leaders);
        heard.keySet().retainAll(ids);
        late.retainAll(ids);
    }

    /** Those that configured pods follow, without being configured: how to reach them they say. */
    private Set<String> otherLeaders(Predicate<String> mayLead) {
        Set<String> leaders = new TreeSet<>();
        for (String id : addresses.configured()) {
            if (heard.get(id) instanceof Greeted.Welcome(PodFacts facts, _, _, _)) {
                addresses.others(facts.members()).stream()
                        .filter(pod -> pod.podId().equals(facts.leaderId()))
                        .filter(pod -> !addresses.configured().contains(pod.podId()))
                        .filter(pod -> mayLead.test(pod.podId()))
                        .forEach(
                                pod -> {
                                    peers.leads(pod);
                                    leaders.add(pod.podId());
                                });
            }
        }
        return leaders;
    }

    private void greet(Set<String> ids, Greeting greeting) {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (String id : ids) {
                threads.execute(() -> greet(id, greeting));
            }
        }
    }

    private void greet(String id, Greeting greeting) {
        long askedNanos = System.nanoTime();
        Optional<Greeted> answer = peers.greet(id, greeting, TIMEOUT);
        answer.flatMap(said -> believed(id, said))
                .ifPresentOrElse(said -> heard.put(id, said), () -> heard.remove(id));
        // Where nobody listens that is known at once.
        if (answer.isEmpty() && System.nanoTime() - askedNanos >= TIMEOUT.toNanos()) {
            late.add(id);
        } else {
            late.remove(id);
        }
    }

    /**
     * Where a configured pod should be and another one is, this pod's configuration is wrong. Where
     * others say that their leader is may be out of date: who has that address now, or who has that
     * name elsewhere, says nothing that counts.
     */
    private Optional<Greeted> believed(String id, Greeted answer) {
        if (!(answer instanceof Greeted.Welcome(PodFacts facts, _, _, _))) {
            return Optional.of(answer).filter(_ -> addresses.configured().contains(id));
        }
        boolean itself = facts.podId().equals(id);
        if (!addresses.configured().contains(id)) {
            return Optional.of(answer).filter(_ -> itself && isCluster(facts.clusterId()));
        }
        return Optional.of(
                itself
                        ? answer
                        : new Greeted.Refused(
                                "I am "
                                        + facts.podId()
                                        + ": the address given for "
                                        + id
                                        + " is mine"));
    }

    /** Whether a configured pod is of that cluster. */
    private boolean isCluster(@Nullable UUID clusterId) {
        return welcomes().stream()
                .map(Greeted.Welcome::facts)
                .filter(pod -> addresses.configured().contains(pod.podId()))
                .anyMatch(pod -> Objects.equals(pod.clusterId(), clusterId));
    }

    /** The last answers, by pod; of those that gave one. */
    Map<String, Greeted> heard() {
        return Map.copyOf(heard);
    }

    /** Those that gave no answer in time the last time, though they may be there. */
    Set<String> late() {
        return Set.copyOf(late);
    }

    /**
     * Whether all that answer find nobody where this pod is known to be: it is a copy of that pod
     * elsewhere, or has moved without their knowing, or they can't see it yet.
     */
    boolean isElsewhere() {
        List<Greeted.Welcome> all = welcomes();
        return !all.isEmpty() && all.stream().noneMatch(Greeted.Welcome::reached);
    }

    /** What the pods told that have nothing against this one. */
    List<Greeted.Welcome> welcomes() {
        return heard.values().stream()
                .filter(Greeted.Welcome.class::isInstance)
                .map(Greeted.Welcome.class::cast)
                .toList();
    }
}
