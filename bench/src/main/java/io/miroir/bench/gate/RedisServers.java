package io.miroir.bench.gate;

import io.miroir.bench.redis.RedisSetup;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The other side: a master, its replicas, and a process that is a client of the master. */
final class RedisServers implements Contender {
    private static final int CONNECTIONS = 4;

    private final Path dir;
    private final String binary;
    private final Durability durability;
    private final List<Integer> ports;
    private final List<Child> servers = new ArrayList<>();
    private final List<Child> sentinels = new ArrayList<>();
    private final Child client;

    /** What an acknowledgement means. */
    enum Durability {
        /** Written and synced on a majority: appendfsync always, WAIT for the replicas. */
        EQUAL,
        /** appendfsync everysec, no WAIT. */
        USUAL
    }

    /** Starts them and waits until the replicas follow. */
    RedisServers(Path dir, int count, Durability durability, boolean watched) {
        this.dir = dir;
        this.binary = binary();
        this.durability = durability;
        this.ports = Ports.free(watched ? count + 3 : count);
        for (int i = 0; i < count; i++) {
            servers.add(startServer(i));
        }
        for (int i = 1; i < count; i++) {
            awaitInfo(ports.get(i), "master_link_status:up");
        }
        if (watched) {
            for (int i = count; i < count + 3; i++) {
                sentinels.add(startSentinel(i));
            }
            for (int i = count; i < count + 3; i++) {
                awaitInfo(ports.get(i), "slaves=" + (count - 1) + ",sentinels=3");
            }
        }
        client = Child.store("client", dir, List.of("redis", setup(watched, count).text()));
    }

    /** {@code REDIS_SERVER}, else what the package installs. */
    static String binary() {
        String named = System.getenv("REDIS_SERVER");
        if (named != null) {
            return named;
        }
        Path packaged = Path.of("/usr/bin/redis-server");
        if (!Files.isExecutable(packaged)) {
            throw new IllegalStateException(
                    "no redis-server: apt-get install redis-server, or set REDIS_SERVER");
        }
        return packaged.toString();
    }

    /** As it says itself, for notes. */
    static String version() {
        try {
            Process process = new ProcessBuilder(binary(), "--version").start();
            String line =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return line.replaceAll(".*v=([0-9.]+).*\\s*", "$1");
        } catch (IOException e) {
            throw new UncheckedIOException(binary(), e);
        }
    }

    /** Whether WAITAOF is there: from 7.2 on. */
    static boolean knowsWaitAof() {
        String[] parts = version().split("\\.", -1);
        int major = Integer.parseInt(parts[0]);
        return major > 7 || (major == 7 && Integer.parseInt(parts[1]) >= 2);
    }

    private RedisSetup setup(boolean watched, int count) {
        return new RedisSetup(
                ports.getFirst(),
                watched ? ports.subList(count, count + 3) : List.of(),
                durability == Durability.EQUAL ? count / 2 : 0,
                knowsWaitAof(),
                CONNECTIONS);
    }

    private Child startServer(int number) {
        Path home = dir.resolve("redis-" + number);
        List<String> command =
                new ArrayList<>(
                        List.of(
                                binary,
                                "--bind",
                                "127.0.0.1",
                                "--port",
                                String.valueOf(ports.get(number)),
                                "--dir",
                                home.toString(),
                                "--appendonly",
                                "yes",
                                "--appendfsync",
                                durability == Durability.EQUAL ? "always" : "everysec",
                                "--save",
                                "",
                                "--repl-diskless-sync-delay",
                                "0",
                                "--logfile",
                                home.resolve("log").toString()));
        if (number > 0) {
            command.addAll(List.of("--replicaof", "127.0.0.1", String.valueOf(ports.getFirst())));
        }
        return startAndAwait("redis-" + number, home, command, ports.get(number));
    }

    private Child startSentinel(int number) {
        Path home = dir.resolve("sentinel-" + number);
        Path config = home.resolve("sentinel.conf");
        try {
            Files.createDirectories(home);
            Files.writeString(
                    config,
                    """
                    bind 127.0.0.1
                    port %d
                    dir %s
                    sentinel monitor miroir 127.0.0.1 %d 2
                    sentinel down-after-milliseconds miroir 1000
                    sentinel failover-timeout miroir 10000
                    """
                            .formatted(ports.get(number), home, ports.getFirst()));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + config, e);
        }
        return startAndAwait(
                "sentinel-" + number,
                home,
                List.of(binary, config.toString(), "--sentinel"),
                ports.get(number));
    }

    private Child startAndAwait(String name, Path home, List<String> command, int port) {
        try {
            Files.createDirectories(home);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make " + home, e);
        }
        Child child = Child.start(name, dir, command);
        awaitInfo(port, "redis_version");
        return child;
    }

    private static void awaitInfo(int port, String text) {
        long giveUpNanos = System.nanoTime() + 30_000_000_000L;
        while (System.nanoTime() < giveUpNanos) {
            if (RedisCli.ask(port, "INFO").contains(text)) {
                return;
            }
            Pods.pause();
        }
        throw new IllegalStateException("redis on " + port + " never said " + text);
    }

    private Child master() {
        return servers.getFirst();
    }

    void killMaster() {
        master().kill();
    }

    void pauseMaster() {
        master().signal("STOP");
    }

    /** As an operator does before maintenance. */
    void orderFailover() {
        RedisCli.ask(ports.get(servers.size()), "SENTINEL", "FAILOVER", "miroir");
    }

    List<Child> servers() {
        return servers;
    }

    int port(int number) {
        return ports.get(number);
    }

    Path directory(int number) {
        return dir.resolve("redis-" + number);
    }

    /** Starts a server that was killed, on the directory that it left. */
    void restart(int number) {
        servers.set(number, startServer(number));
    }

    /** The same with all of them. */
    void restartAll() {
        for (int i = 0; i < servers.size(); i++) {
            restart(i);
        }
    }

    @Override
    public Child asking() {
        return client;
    }

    @Override
    public List<Child> all() {
        List<Child> all = new ArrayList<>(servers);
        all.addAll(sentinels);
        all.add(client);
        return all;
    }

    @Override
    public void close() {
        client.close();
        sentinels.forEach(Child::close);
        servers.forEach(Child::close);
    }
}
