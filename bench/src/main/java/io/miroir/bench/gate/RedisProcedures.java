package io.miroir.bench.gate;

import io.miroir.bench.redis.RedisSetup;
import io.miroir.bench.tools.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The same with a master, two replicas and three sentinels, as Redis' own pages say. */
final class RedisProcedures implements Procedures {
    private static final String PASSWORD = "password-of-before";
    private static final String NEW_PASSWORD = "password-of-after";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** A machine has a server, a sentinel and a pod. */
    private static final class Machines implements AutoCloseable {
        private final Path dir;
        private final List<RedisProcess> servers = new ArrayList<>();
        private final List<RedisProcess> sentinels = new ArrayList<>();
        private final List<Child> serverChildren = new ArrayList<>();
        private final List<Child> sentinelChildren = new ArrayList<>();
        private final List<Child> pods = new ArrayList<>();

        /** Laid out; nothing is written and nothing runs. */
        Machines(Path dir, String password) {
            this.dir = dir;
            List<Integer> ports = Ports.free(6);
            int master = ports.getFirst();
            for (int i = 0; i < 3; i++) {
                Path home = dir.resolve("redis-" + i);
                servers.add(
                        RedisProcess.server(
                                home,
                                ports.get(i),
                                master,
                                RedisServers.Durability.EQUAL,
                                password));
                Path sentinel = dir.resolve("sentinel-" + i);
                sentinels.add(RedisProcess.sentinel(sentinel, ports.get(3 + i), master, password));
            }
        }

        /** Everything runs, and something is written. */
        static Machines running(Path dir, String password) {
            Machines machines = new Machines(dir, password);
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
            servers.forEach(server -> serverChildren.add(server.start()));
        }

        void startSentinels() {
            sentinels.forEach(sentinel -> sentinelChildren.add(sentinel.start()));
        }

        void complete() {
            servers.subList(1, 3).forEach(s -> s.awaitInfo("master_link_status:up"));
            sentinels.forEach(s -> s.awaitInfo("slaves=2,sentinels=3"));
        }

        void startPods(String with) {
            for (int i = 0; i < 3; i++) {
                pods.add(startPod(i, with));
            }
        }

        Child startPod(int number, String with) {
            List<Integer> known = sentinels.stream().map(RedisProcess::port).toList();
            boolean proven = RedisBinary.knowsWaitAof();
            RedisSetup setup = new RedisSetup(0, known, 1, proven, RedisServers.CONNECTIONS, with);
            return Child.store("pod-" + number, dir, List.of("redis", setup.text()));
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

    @Override
    public Steps install(Path dir) {
        Steps steps = new Steps();
        try (Machines machines = new Machines(dir, "")) {
            steps.step(3, "redis.conf", () -> machines.servers.forEach(RedisProcess::configure));
            steps.step(
                    3, "sentinel.conf", () -> machines.sentinels.forEach(RedisProcess::configure));
            steps.step(3, "start of redis-server", machines::startServers);
            steps.step(3, "start of a sentinel", machines::startSentinels);
            steps.await(machines::complete);
            // The pods' files: of a pod that is nothing but a client an argument is all of them.
            steps.step(3, "the pod's configuration", () -> {});
            steps.step(3, "secrets.env", () -> {});
            steps.step(3, "start of a pod", () -> machines.startPods(""));
            steps.await(machines::write);
        }
        return steps;
    }

    @Override
    public Steps replaceMember(Path dir) {
        Steps steps = new Steps();
        try (Machines machines = Machines.running(dir, "")) {
            machines.serverChildren.get(2).kill();
            machines.sentinelChildren.get(2).kill();
            machines.pods.get(2).kill();
            int port = Ports.free(1).getFirst();
            int master = machines.servers.getFirst().port();
            RedisProcess server =
                    RedisProcess.server(
                            dir.resolve("redis-new"),
                            port,
                            master,
                            RedisServers.Durability.EQUAL,
                            "");
            RedisProcess sentinel =
                    RedisProcess.sentinel(
                            dir.resolve("sentinel-new"), Ports.free(1).getFirst(), master, "");
            steps.step("redis.conf", server::configure);
            steps.step("start of redis-server", () -> machines.serverChildren.add(server.start()));
            steps.await(() -> server.awaitInfo("master_link_status:up"));
            steps.step("sentinel.conf", sentinel::configure);
            steps.step(
                    "start of a sentinel", () -> machines.sentinelChildren.add(sentinel.start()));
            // Else the dead ones count for ever: in elections, and as replicas to promote.
            List<RedisProcess> others = machines.sentinels.subList(0, 2);
            steps.step(
                    2,
                    "SENTINEL RESET",
                    () -> others.forEach(s -> s.ask("SENTINEL", "RESET", "miroir")));
            steps.await(() -> others.forEach(s -> s.awaitInfo("slaves=2,sentinels=3")));
            // Its files and its start, as with a whole pod.
            steps.step(2, "the pod's files", () -> {});
            steps.step("start of a pod", () -> machines.pods.set(2, machines.startPod(2, "")));
            machines.write();
        }
        return steps;
    }

    @Override
    public Steps backup(Path dir) {
        Steps steps = new Steps();
        try (Machines machines = Machines.running(dir, "")) {
            backUp(steps, dir, machines);
        }
        return steps;
    }

    private static void backUp(Steps steps, Path dir, Machines machines) {
        RedisProcess master = machines.servers.getFirst();
        Path file = dir.resolve("backup.rdb");
        steps.step("BGSAVE", () -> master.ask("BGSAVE"));
        steps.step("LASTSAVE", () -> master.awaitInfo("rdb_bgsave_in_progress:0"));
        steps.step("copy of dump.rdb", () -> copy(master.home().resolve("dump.rdb"), file));
        steps.step("redis-check-rdb", () -> check(dir, file));
    }

    @Override
    public Steps restore(Path dir) {
        try (Machines old = Machines.running(dir.resolve("old"), "")) {
            backUp(new Steps(), dir, old);
        }
        Steps steps = new Steps();
        Path file = dir.resolve("backup.rdb");
        try (Machines machines = new Machines(dir.resolve("new"), "")) {
            // Machines as new, with their files, as on the other side.
            machines.servers.forEach(RedisProcess::configure);
            machines.sentinels.forEach(RedisProcess::configure);
            // The file was checked when it was made, as on the other side.
            Path home = machines.servers.getFirst().home();
            steps.step("copy of dump.rdb", () -> copy(file, home.resolve("dump.rdb")));
            // The master's start without its log of commands, and the log's switching on.
            steps.step(3, "start of redis-server", machines::startServers);
            steps.step("CONFIG SET appendonly", () -> {});
            steps.step(3, "start of a sentinel", machines::startSentinels);
            steps.await(machines::complete);
            steps.step(3, "start of a pod", () -> machines.startPods(""));
            steps.await(machines::write);
        }
        return steps;
    }

    @Override
    public Steps upgrade(Path dir) {
        Steps steps = new Steps();
        try (Machines machines = Machines.running(dir, "")) {
            RedisProcess oldMaster = machines.servers.getFirst();
            RedisProcess sentinel = machines.sentinels.getFirst();
            steps.step("SENTINEL MASTER", () -> sentinel.ask("SENTINEL", "MASTER", "miroir"));
            steps.step(
                    2,
                    "restart of a replica",
                    () -> {
                        machines.restartServer(1);
                        machines.restartServer(2);
                    });
            steps.step("SENTINEL FAILOVER", () -> sentinel.ask("SENTINEL", "FAILOVER", "miroir"));
            steps.await(() -> oldMaster.awaitInfo("role:slave"));
            steps.step("restart of the old master", () -> machines.restartServer(0));
            steps.step(3, "restart of a sentinel", machines::restartSentinels);
            steps.step(3, "restart of a pod", () -> machines.restartPods(""));
            steps.await(machines::write);
        }
        return steps;
    }

    @Override
    public Steps rotate(Path dir) {
        Steps steps = new Steps();
        try (Machines machines = Machines.running(dir, PASSWORD)) {
            steps.step(3, "ACL SETUSER >new", () -> user(machines, PASSWORD, ">" + NEW_PASSWORD));
            steps.step(
                    3,
                    "CONFIG SET masterauth",
                    () -> servers(machines, "CONFIG", "SET", "masterauth", NEW_PASSWORD));
            steps.step(
                    3,
                    "SENTINEL SET auth-pass",
                    () ->
                            machines.sentinels.forEach(
                                    s ->
                                            s.ask(
                                                    "SENTINEL",
                                                    "SET",
                                                    "miroir",
                                                    "auth-pass",
                                                    NEW_PASSWORD)));
            steps.step(3, "the pod's secrets.env", () -> {});
            steps.step(3, "restart of a pod", () -> machines.restartPods(NEW_PASSWORD));
            steps.await(machines::write);
            steps.step(3, "ACL SETUSER <old", () -> user(machines, NEW_PASSWORD, "<" + PASSWORD));
            steps.step(3, "CONFIG REWRITE", () -> rewrite(machines));
            machines.write();
        }
        return steps;
    }

    private static void user(Machines machines, String password, String change) {
        machines.servers.forEach(
                server ->
                        must(
                                RedisCli.ask(
                                        server.port(),
                                        password,
                                        "ACL",
                                        "SETUSER",
                                        "default",
                                        change)));
    }

    private static void servers(Machines machines, String... words) {
        machines.servers.forEach(server -> must(server.ask(words)));
    }

    private static void rewrite(Machines machines) {
        machines.servers.forEach(
                server -> must(RedisCli.ask(server.port(), NEW_PASSWORD, "CONFIG", "REWRITE")));
    }

    private static void must(String answer) {
        if (!answer.equals("OK")) {
            throw new IllegalStateException("redis said: " + answer);
        }
    }

    /** The server under another name is the program that checks. */
    private static void check(Path dir, Path file) {
        Path program = dir.resolve("redis-check-rdb");
        try {
            if (!Files.exists(program)) {
                Files.createSymbolicLink(program, Path.of(RedisBinary.path()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot link " + program, e);
        }
        Child.run(new ProcessBuilder(program.toString(), file.toString()), PATIENCE);
    }

    private static void copy(Path from, Path to) {
        try {
            Files.copy(from, to);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot copy " + from, e);
        }
    }
}
