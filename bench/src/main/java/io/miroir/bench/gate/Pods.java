package io.miroir.bench.gate;

import io.miroir.bench.tools.Await;
import io.miroir.bench.tools.Ports;
import io.miroir.raft.OfflineStore;
import io.miroir.raft.RaftStoreConfig;
import io.miroir.store.recovery.StateJump;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

/** Our side: a group of pods, each a process with a directory of its own. */
final class Pods implements Contender {
    private static final Duration LEADER_PATIENCE = Duration.ofSeconds(30);
    private static final int NOBODY = -1;

    private final Path dir;
    private final List<Integer> ports;
    private final Links links;
    private final UUID cluster;
    private final List<Child> pods = new ArrayList<>();

    /** Starts them on loopback as it is, and waits for a leader. */
    Pods(Path dir, int voters) {
        this(dir, voters, Links.straight());
    }

    /** Starts them and waits for a leader. */
    Pods(Path dir, int voters, Links links) {
        this(dir, Ports.free(voters), links, RaftStoreConfig.COMMON_CLUSTER);
        for (int i = 0; i < voters; i++) {
            pods.add(start(i));
        }
        leader();
    }

    private Pods(Path dir, List<Integer> ports, Links links, UUID cluster) {
        this.dir = dir;
        this.ports = ports;
        this.links = links;
        this.cluster = cluster;
    }

    /** Three that begin with a backup: one is restored, the others join it and get their votes. */
    static Pods restored(Path dir, Path backup) {
        Pods pods =
                new Pods(dir, Ports.free(3), Links.straight(), UUID.nameUUIDFromBytes(new byte[1]));
        pods.restore(backup);
        pods.pods.add(pods.startAlone());
        for (int i = 1; i < pods.ports.size(); i++) {
            pods.pods.add(pods.startNewcomer("pod-" + i, pods.ports.get(i)));
            pods.change("promote pod-" + i);
        }
        return pods;
    }

    private void restore(Path backup) {
        var self = new RaftStoreConfig.Peer("pod-0", "127.0.0.1", ports.getFirst());
        OfflineStore store = new OfflineStore(directory(0), self, (_, _) -> {});
        try {
            must("Ready", store.restore(backup, cluster, StateJump.Distance.DEFAULT).toString());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot restore " + backup, e);
        }
    }

    private Child startAlone() {
        List<String> arguments = arguments("raft", "pod-0");
        arguments.add("pod-0");
        arguments.add(String.valueOf(ports.getFirst()));
        return Child.store("pod-0", dir, arguments);
    }

    private Child start(int number) {
        String id = "pod-" + number;
        List<String> arguments = arguments("raft", id);
        for (int i = 0; i < ports.size(); i++) {
            int port = ports.get(i);
            arguments.add("pod-" + i);
            arguments.add(String.valueOf(i == number ? port : links.to(port)));
        }
        return Child.store(id, dir, arguments);
    }

    /** The pod that leads now. */
    Child leader() {
        return pods.get(leaderNumber());
    }

    /** A pod that does not. */
    Child follower() {
        return pods.get((leaderNumber() + 1) % pods.size());
    }

    int leaderNumber() {
        AtomicInteger leads = new AtomicInteger(NOBODY);
        Await.until(
                "a leader; see the logs in " + dir,
                LEADER_PATIENCE,
                () -> {
                    leads.set(leads());
                    return leads.get() != NOBODY;
                });
        return leads.get();
    }

    private int leads() {
        for (int i = 0; i < pods.size(); i++) {
            if (pods.get(i).isAlive() && pods.get(i).ask("status").startsWith("LEADER")) {
                return i;
            }
        }
        return NOBODY;
    }

    Child pod(int number) {
        return pods.get(number);
    }

    /** Starts a pod that was killed, on the directory that it left. */
    void restart(int number) {
        pods.set(number, start(number));
    }

    /** The same with all of them, at once. */
    void restartAll() {
        List<Thread> starting = new ArrayList<>();
        for (int i = 0; i < pods.size(); i++) {
            int number = i;
            starting.add(Thread.ofPlatform().start(() -> restart(number)));
        }
        for (Thread thread : starting) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted", e);
            }
        }
    }

    /** A pod with an empty directory joins, without a vote, and leaves the test when it has all. */
    void joinNewcomer() {
        startNewcomer("newcomer", Ports.free(1).getFirst()).close();
    }

    /** Answers when it has been sent everything. */
    private Child startNewcomer(String id, int port) {
        List<String> arguments = arguments("newcomer", id);
        for (int i = 0; i < pods.size(); i++) {
            arguments.add("pod-" + i);
            arguments.add(String.valueOf(ports.get(i)));
        }
        arguments.add(id);
        arguments.add(String.valueOf(port));
        Child newcomer = Child.store(id, dir, arguments);
        change("join " + id + " " + port);
        if (!newcomer.isAlive()) {
            throw new IllegalStateException(id + " ended; see its log");
        }
        return newcomer;
    }

    /** As an operator does it: again if leadership moves just then. */
    private void change(String words) {
        Await.until(words, LEADER_PATIENCE, () -> leader().ask(words).startsWith("Changed"));
    }

    private List<String> arguments(String mode, String id) {
        return new ArrayList<>(List.of(mode, cluster.toString(), id, dir.resolve(id).toString()));
    }

    private static void must(String begin, String outcome) {
        if (!outcome.startsWith(begin)) {
            throw new IllegalStateException("refused: " + outcome);
        }
    }

    Path directory(int number) {
        return dir.resolve("pod-" + number);
    }

    @Override
    public Child asking() {
        return leader();
    }

    @Override
    public List<Child> all() {
        return pods;
    }

    @Override
    public void close() {
        pods.forEach(Child::close);
    }
}
