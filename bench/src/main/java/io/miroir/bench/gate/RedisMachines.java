package io.miroir.bench.gate;

import io.miroir.bench.redis.RedisSetup;
import io.miroir.bench.tools.Directories;
import io.miroir.bench.tools.Ports;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Three machines, each with a server, a sentinel and a pod that is a client; the first is master.
 */
final class RedisMachines implements AutoCloseable {
    final List<RedisProcess> servers = new ArrayList<>();
    final List<RedisProcess> sentinels = new ArrayList<>();
    final List<Child> serverChildren = new ArrayList<>();
    final List<Child> sentinelChildren = new ArrayList<>();
    final List<Child> pods = new ArrayList<>();
    private final Path dir;
    private final RedisServers.Durability durability;
    private int replaced;

    /** Laid out; nothing is written and nothing runs. */
    RedisMachines(Path dir, RedisServers.Durability durability, String password) {
        this.dir = dir;
        this.durability = durability;
        List<Integer> ports = Ports.free(6);
        int master = ports.getFirst();
        for (int i = 0; i < 3; i++) {
            Path home = dir.resolve("redis-" + i);
            servers.add(RedisProcess.server(home, ports.get(i), master, durability, password));
            Path sentinel = dir.resolve("sentinel-" + i);
            sentinels.add(RedisProcess.sentinel(sentinel, ports.get(3 + i), master, password));
        }
    }

    /** Everything runs, and something is written. */
    static RedisMachines running(Path dir, RedisServers.Durability durability, String password) {
        RedisMachines machines = new RedisMachines(dir, durability, password);
        try {
            machines.startServers();
            machines.startSentinels();
            machines.complete();
            machines.startPods(password);
            machines.write();
            return machines;
        } catch (RuntimeException e) {
            machines.close();
            throw e;
        }
    }

    void startServers() {
        for (int i = 0; i < servers.size(); i++) {
            startServer(i);
        }
    }

    /** One that does not run. */
    void startServer(int number) {
        place(serverChildren, number, servers.get(number).start());
    }

    void startSentinels() {
        for (int i = 0; i < sentinels.size(); i++) {
            startSentinel(i);
        }
    }

    void startSentinel(int number) {
        place(sentinelChildren, number, sentinels.get(number).start());
    }

    private static void place(List<Child> children, int number, Child child) {
        if (number < children.size()) {
            children.set(number, child);
        } else {
            children.add(child);
        }
    }

    /** Until all know each other. */
    void complete() {
        complete(List.of(1, 2));
    }

    void complete(List<Integer> replicas) {
        replicas.forEach(number -> servers.get(number).awaitInfo("master_link_status:up"));
        sentinels.forEach(s -> s.awaitInfo("slaves=2,sentinels=3"));
    }

    void startPods(String with) {
        for (int i = 0; i < 3; i++) {
            pods.add(startPod(i, with));
        }
    }

    Child startPod(int number, String with) {
        List<Integer> known = sentinels.stream().map(RedisProcess::port).toList();
        int replicas = durability == RedisServers.Durability.EQUAL ? 1 : 0;
        return startPod("pod-" + number, setup(0, known, replicas, with));
    }

    /** Of a master without replicas, before there are sentinels. */
    Child startLonePod() {
        return startPod("pod-alone", setup(servers.getFirst().port(), List.of(), 0, ""));
    }

    private static RedisSetup setup(int master, List<Integer> known, int replicas, String with) {
        boolean proven = RedisBinary.knowsWaitAof();
        return new RedisSetup(master, known, replicas, proven, RedisServers.CONNECTIONS, with);
    }

    private Child startPod(String name, RedisSetup setup) {
        return Child.store(name, dir, List.of("redis", setup.text()));
    }

    void restartPods(String with) {
        pods.forEach(Child::close);
        pods.clear();
        startPods(with);
    }

    void restartServer(int number) {
        serverChildren.get(number).close();
        serverChildren.set(number, servers.get(number).start());
        servers.get(number).awaitInfo("master_link_status:up");
    }

    void restartSentinels() {
        for (int i = 0; i < 3; i++) {
            sentinelChildren.get(i).close();
            sentinelChildren.set(i, sentinels.get(i).start());
        }
    }

    /** A machine is gone, with its disk. */
    void lose(int number) {
        pods.get(number).kill();
        sentinelChildren.get(number).kill();
        serverChildren.get(number).kill();
        Directories.deleteTree(servers.get(number).home());
        Directories.deleteTree(sentinels.get(number).home());
    }

    /** Others are laid out for those that were lost; nothing is written and nothing runs. */
    void replace(List<Integer> numbers, int master) {
        int masterPort = servers.get(master).port();
        for (int number : numbers) {
            String name = "new-" + ++replaced;
            List<Integer> ports = Ports.free(2);
            servers.set(
                    number,
                    RedisProcess.server(
                            dir.resolve("redis-" + name),
                            ports.getFirst(),
                            masterPort,
                            durability,
                            ""));
            sentinels.set(
                    number,
                    RedisProcess.sentinel(
                            dir.resolve("sentinel-" + name), ports.getLast(), masterPort, ""));
        }
    }

    void write() {
        pods.getLast().ask("insert 20");
    }

    @Override
    public void close() {
        pods.forEach(Child::close);
        sentinelChildren.forEach(Child::close);
        serverChildren.forEach(Child::close);
    }
}
