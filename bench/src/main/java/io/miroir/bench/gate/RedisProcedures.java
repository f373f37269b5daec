package io.miroir.bench.gate;

import io.miroir.bench.tools.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The same with a master, two replicas and three sentinels, as Redis' own pages say. */
final class RedisProcedures implements Procedures {
    private static final String PASSWORD = "password-of-before";
    private static final String NEW_PASSWORD = "password-of-after";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final RedisServers.Durability durability;

    RedisProcedures(RedisServers.Durability durability) {
        this.durability = durability;
    }

    @Override
    public Steps install(Path dir) {
        Steps steps = new Steps();
        try (RedisMachines machines = new RedisMachines(dir, durability, "")) {
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
        try (RedisMachines machines = RedisMachines.running(dir, durability, "")) {
            machines.serverChildren.get(2).kill();
            machines.sentinelChildren.get(2).kill();
            machines.pods.get(2).kill();
            int port = Ports.free(1).getFirst();
            int master = machines.servers.getFirst().port();
            RedisProcess server =
                    RedisProcess.server(dir.resolve("redis-new"), port, master, durability, "");
            RedisProcess sentinel =
                    RedisProcess.sentinel(
                            dir.resolve("sentinel-new"), Ports.free(1).getFirst(), master, "");
            steps.step("redis.conf", server::configure);
            steps.step("start of redis-server", () -> machines.serverChildren.add(server.start()));
            steps.await(() -> server.awaitInfo("master_link_status:up"));
            steps.step("sentinel.conf", sentinel::configure);
            steps.step(
                    "start of a sentinel", () -> machines.sentinelChildren.add(sentinel.start()));
            forget(steps, machines.sentinels.subList(0, 2), "slaves=2,sentinels=3");
            // Its files and its start, as with a whole pod.
            steps.step(2, "the pod's files", () -> {});
            steps.step("start of a pod", () -> machines.pods.set(2, machines.startPod(2, "")));
            machines.write();
        }
        return steps;
    }

    @Override
    public Steps leave(Path dir) {
        Steps steps = new Steps();
        try (RedisMachines machines = RedisMachines.running(dir, durability, "")) {
            steps.step("stop of a pod", machines.pods.get(1)::close);
            steps.step("stop of a sentinel", machines.sentinelChildren.get(2)::close);
            steps.step("stop of redis-server", machines.serverChildren.get(2)::close);
            List<RedisProcess> others = machines.sentinels.subList(0, 2);
            forget(steps, others, "slaves=1,sentinels=2");
            machines.write();
        }
        return steps;
    }

    /** Else the dead ones count for ever: in elections, and as replicas to promote. */
    private static void forget(Steps steps, List<RedisProcess> sentinels, String left) {
        steps.step(
                sentinels.size(),
                "SENTINEL RESET",
                () -> sentinels.forEach(s -> s.ask("SENTINEL", "RESET", "miroir")));
        steps.await(() -> sentinels.forEach(s -> s.awaitInfo(left)));
    }

    @Override
    public Steps readdress(Path dir) {
        Steps steps = new Steps();
        try (RedisMachines old = RedisMachines.running(dir, durability, "")) {
            steps.step(3, "stop of a pod", () -> old.pods.forEach(Child::close));
            steps.step(3, "stop of a sentinel", () -> old.sentinelChildren.forEach(Child::close));
            // The master last: it waits for replicas that lag.
            steps.step(
                    3,
                    "stop of redis-server",
                    () -> old.serverChildren.reversed().forEach(Child::close));
        }
        try (RedisMachines machines = new RedisMachines(dir, durability, "")) {
            steps.step(
                    3, "redis.conf", () -> machines.servers.forEach(RedisProcess::configureAnew));
            // A sentinel keeps the others' addresses there: the file as it was at first.
            steps.step(
                    3,
                    "sentinel.conf",
                    () -> machines.sentinels.forEach(RedisProcess::configureAnew));
            steps.step(3, "the pod's configuration", () -> {});
            steps.step(3, "start of redis-server", machines::startServers);
            steps.step(3, "start of a sentinel", machines::startSentinels);
            steps.await(machines::complete);
            steps.step(3, "start of a pod", () -> machines.startPods(""));
            steps.await(machines::write);
        }
        return steps;
    }

    /** From a server alone, and a pod that knows its address. */
    @Override
    public Steps convert(Path dir) {
        Steps steps = new Steps();
        try (RedisMachines machines = new RedisMachines(dir, durability, "")) {
            machines.startServer(0);
            try (Child pod = machines.startLonePod()) {
                pod.ask("insert 20");
                steps.step(
                        2, "redis.conf", () -> machines.servers.forEach(RedisProcess::configure));
                steps.step(
                        2,
                        "start of redis-server",
                        () -> {
                            machines.startServer(1);
                            machines.startServer(2);
                        });
                steps.step(
                        3,
                        "sentinel.conf",
                        () -> machines.sentinels.forEach(RedisProcess::configure));
                steps.step(3, "start of a sentinel", machines::startSentinels);
                steps.await(machines::complete);
                steps.step("the pod's configuration", () -> {});
                steps.step("stop of the pod", pod::close);
            }
            steps.step(4, "the files of a new pod", () -> {});
            steps.step(3, "start of a pod", () -> machines.startPods(""));
            steps.await(machines::write);
        }
        return steps;
    }

    @Override
    public Steps recover(Path dir) {
        Steps steps = new Steps();
        try (RedisMachines machines = RedisMachines.running(dir, durability, "")) {
            List.of(0, 2).forEach(machines::lose);
            RedisProcess server = machines.servers.get(1);
            RedisProcess sentinel = machines.sentinels.get(1);
            String port = String.valueOf(server.port());
            // One of three sentinels elects nobody: the rest is done by hand.
            steps.step("REPLICAOF NO ONE", () -> must(server.ask("REPLICAOF", "NO", "ONE")));
            steps.step("CONFIG REWRITE", () -> must(server.ask("CONFIG", "REWRITE")));
            steps.step("SENTINEL REMOVE", () -> must(sentinel.ask("SENTINEL", "REMOVE", "miroir")));
            steps.step(
                    "SENTINEL MONITOR",
                    () ->
                            must(
                                    sentinel.ask(
                                            "SENTINEL",
                                            "MONITOR",
                                            "miroir",
                                            "127.0.0.1",
                                            port,
                                            "2")));
            steps.step("SENTINEL SET", () -> must(sentinel.ask(RedisProcess.SENTINEL_TIMES)));
            machines.replace(List.of(0, 2), 1);
            steps.step(2, "redis.conf", () -> machines.servers.forEach(RedisProcess::configure));
            steps.step(
                    2, "start of redis-server", () -> List.of(0, 2).forEach(machines::startServer));
            steps.step(
                    2, "sentinel.conf", () -> machines.sentinels.forEach(RedisProcess::configure));
            steps.step(
                    2, "start of a sentinel", () -> List.of(0, 2).forEach(machines::startSentinel));
            steps.await(() -> machines.complete(List.of(0, 2)));
            steps.step("the pod's configuration", () -> {});
            steps.step(4, "the files of a new pod", () -> {});
            steps.step(3, "start of a pod", () -> machines.restartPods(""));
            steps.await(machines::write);
        }
        return steps;
    }

    @Override
    public Steps backup(Path dir) {
        Steps steps = new Steps();
        try (RedisMachines machines = RedisMachines.running(dir, durability, "")) {
            backUp(steps, dir, machines);
        }
        return steps;
    }

    private static void backUp(Steps steps, Path dir, RedisMachines machines) {
        RedisProcess master = machines.servers.getFirst();
        Path file = dir.resolve("backup.rdb");
        steps.step("BGSAVE", () -> master.ask("BGSAVE"));
        steps.step("LASTSAVE", () -> master.awaitInfo("rdb_bgsave_in_progress:0"));
        steps.step("copy of dump.rdb", () -> copy(master.home().resolve("dump.rdb"), file));
        steps.step("redis-check-rdb", () -> check(dir, file));
    }

    @Override
    public Steps restore(Path dir) {
        try (RedisMachines old = RedisMachines.running(dir.resolve("old"), durability, "")) {
            backUp(new Steps(), dir, old);
        }
        Steps steps = new Steps();
        Path file = dir.resolve("backup.rdb");
        try (RedisMachines machines = new RedisMachines(dir.resolve("new"), durability, "")) {
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
        try (RedisMachines machines = RedisMachines.running(dir, durability, "")) {
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
        try (RedisMachines machines = RedisMachines.running(dir, durability, PASSWORD)) {
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

    private static void user(RedisMachines machines, String password, String change) {
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

    private static void servers(RedisMachines machines, String... words) {
        machines.servers.forEach(server -> must(server.ask(words)));
    }

    private static void rewrite(RedisMachines machines) {
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
