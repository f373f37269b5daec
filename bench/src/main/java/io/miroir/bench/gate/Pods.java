package io.miroir.bench.gate;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Our side: a group of pods, each a process with a directory of its own. */
final class Pods implements Contender {
    private static final long LEADER_NANOS_MAX = 30_000_000_000L;

    private final Path dir;
    private final List<String> peers;
    private final List<Child> pods = new ArrayList<>();

    /** Starts them and waits for a leader. */
    Pods(Path dir, int voters) {
        this.dir = dir;
        this.peers = new ArrayList<>();
        List<Integer> ports = Ports.free(voters);
        for (int i = 0; i < voters; i++) {
            peers.add("pod-" + i);
            peers.add(String.valueOf(ports.get(i)));
        }
        for (int i = 0; i < voters; i++) {
            pods.add(start(i));
        }
        leader();
    }

    private Child start(int number) {
        String id = "pod-" + number;
        List<String> arguments = new ArrayList<>(List.of("raft", id, dir.resolve(id).toString()));
        arguments.addAll(peers);
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
        long giveUpNanos = System.nanoTime() + LEADER_NANOS_MAX;
        while (System.nanoTime() < giveUpNanos) {
            for (int i = 0; i < pods.size(); i++) {
                if (pods.get(i).isAlive() && pods.get(i).ask("status").startsWith("LEADER")) {
                    return i;
                }
            }
            pause();
        }
        throw new IllegalStateException("no pod leads; see the logs in " + dir);
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
        String id = "newcomer";
        int port = Ports.free(1).getFirst();
        List<String> arguments =
                new ArrayList<>(List.of("newcomer", id, dir.resolve(id).toString()));
        arguments.addAll(peers);
        arguments.add(id);
        arguments.add(String.valueOf(port));
        try (Child newcomer = Child.store(id, dir, arguments)) {
            String outcome = leader().ask("join " + id + " " + port);
            if (!outcome.startsWith("Changed") || !newcomer.isAlive()) {
                throw new IllegalStateException("it did not join: " + outcome);
            }
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

    static void pause() {
        try {
            Thread.sleep(20);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
