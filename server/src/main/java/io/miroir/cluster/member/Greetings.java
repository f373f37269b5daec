package io.miroir.cluster.member;

import io.miroir.cluster.peer.Greeted;
import io.miroir.cluster.peer.Greeting;
import io.miroir.cluster.peer.Peers;
import io.miroir.cluster.peer.PodFacts;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Greets the configured pods and remembers what each said last. */
final class Greetings {
    static final Duration TIMEOUT = Duration.ofMillis(1_500);

    private final Peers peers;
    private final Collection<String> ids;
    private final Map<String, Greeted> heard = new ConcurrentHashMap<>();

    Greetings(Peers peers, Collection<String> ids) {
        this.peers = peers;
        this.ids = ids;
    }

    /** Greets all at once; comes back when each has answered or had its time. */
    void all(Greeting greeting) {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (String id : ids) {
                threads.execute(
                        () ->
                                peers.greet(id, greeting, TIMEOUT)
                                        .ifPresentOrElse(
                                                answer -> hear(id, answer),
                                                () -> heard.remove(id)));
            }
        }
    }

    private void hear(String id, Greeted answer) {
        if (answer instanceof Greeted.Welcome(PodFacts facts) && !facts.podId().equals(id)) {
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

    /** What the pods told that have nothing against this one. */
    List<PodFacts> welcomes() {
        return heard.values().stream()
                .filter(Greeted.Welcome.class::isInstance)
                .map(answer -> ((Greeted.Welcome) answer).facts())
                .toList();
    }
}
