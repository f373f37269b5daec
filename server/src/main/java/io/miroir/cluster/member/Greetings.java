package io.miroir.cluster.member;

import io.miroir.cluster.peer.Greeted;
import io.miroir.cluster.peer.Greeting;
import io.miroir.cluster.peer.Peers;
import io.miroir.cluster.peer.PodFacts;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Greets the configured pods and remembers what each said last. */
final class Greetings {
    static final Duration TIMEOUT = Duration.ofMillis(1_500);

    private final Peers peers;
    private final Collection<String> ids;
    private final Map<String, Greeted> heard = new ConcurrentHashMap<>();
    private final Set<String> late = ConcurrentHashMap.newKeySet();

    Greetings(Peers peers, Collection<String> ids) {
        this.peers = peers;
        this.ids = ids;
    }

    /** Greets all at once; comes back when each has answered or had its time. */
    void all(Greeting greeting) {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (String id : ids) {
                threads.execute(() -> greet(id, greeting));
            }
        }
    }

    private void greet(String id, Greeting greeting) {
        long askedNanos = System.nanoTime();
        Optional<Greeted> answer = peers.greet(id, greeting, TIMEOUT);
        answer.ifPresentOrElse(said -> hear(id, said), () -> heard.remove(id));
        // Where nobody listens that is known at once.
        if (answer.isEmpty() && System.nanoTime() - askedNanos >= TIMEOUT.toNanos()) {
            late.add(id);
        } else {
            late.remove(id);
        }
    }

    private void hear(String id, Greeted answer) {
        if (answer instanceof Greeted.Welcome(PodFacts facts, _) && !facts.podId().equals(id)) {
            heard.put(
                    id,
                    new Greeted.Refused(
                            "I am "
                                    + facts.podId()
                                    + ": the address given for "
                                    + id
                                    + " is mine"));
        } else {
            heard.put(id, answer);
        }
    }

    /** The last answers, by pod; of those that gave one. */
    Map<String, Greeted> heard() {
        return Map.copyOf(heard);
    }

    /** Those that gave no answer in time the last time, though they may be there. */
    Set<String> late() {
        return Set.copyOf(late);
    }

    /** What the pods told that have nothing against this one. */
    List<Greeted.Welcome> welcomes() {
        return heard.values().stream()
                .filter(Greeted.Welcome.class::isInstance)
                .map(Greeted.Welcome.class::cast)
                .toList();
    }
}
