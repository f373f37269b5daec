package io.miroir.bench.gate;

import io.miroir.bench.redis.RedisSetup;
import io.miroir.bench.tools.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The other side: a master, its replicas, and a process that is a client of the master. */
final class RedisServers implements Contender {
    /** Of a client; not tuned. */
    static final int CONNECTIONS = 4;

    private final Path dir;
    private final Durability durability;
    private final Links links;
    private final List<RedisProcess> serverProcesses = new ArrayList<>();
    private final List<RedisProcess> sentinelProcesses = new ArrayList<>();
    private final List<Child> servers = new ArrayList<>();
    private final List<Child> sentinels = new ArrayList<>();
    private @Nullable Child client;
    private @Nullable Child distantClient;

    /** What an acknowledgement means. */
    enum Durability {
        /** Written and synced on a majority: appendfsync always, WAIT for the replicas. */
        EQUAL,
        /** appendfsync everysec, no WAIT. */
        USUAL
    }

    /** Starts them on loopback as it is; see below. */
    RedisServers(Path dir, int count, Durability durability) {
        this(dir, count, durability, Links.straight());
    }

    /** Starts them with nobody watching; see below. */
    RedisServers(Path dir, int count, Durability durability, Links links) {
        this(dir, count, durability, false, links);
    }

    /** Starts three that begin with what an RDB holds. */
    static RedisServers restored(Path dir, Path rdb, Durability durability) {
        Path home = dir.resolve("redis-0");
        try {
            Files.createDirectories(home);
            Files.copy(rdb, home.resolve("dump.rdb"));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot copy " + rdb, e);
        }
        return new RedisServers(dir, 3, durability);
    }

    /** Starts three of them and as many sentinels. */
    static RedisServers watched(Path dir, Durability durability) {
        return new RedisServers(dir, 3, durability, true, Links.straight());
    }

    /** Starts them and waits until the replicas follow. */
    private RedisServers(Path dir, int count, Durability durability, boolean watched, Links links) {
        this.dir = dir;
        this.links = links;
        this.durability = durability;
        List<Integer> ports = Ports.free(count);
        int master = ports.getFirst();
        for (int i = 0; i < count; i++) {
            int follows = i == 0 ? master : links.to(master);
            serverProcesses.add(
                    RedisProcess.server(directory(i), ports.get(i), follows, durability, ""));
        }
        serverProcesses.forEach(process -> servers.add(process.start()));
        followers().forEach(process -> process.awaitInfo("master_link_status:up"));
        for (int port : watched ? Ports.free(3) : List.<Integer>of()) {
            Path home = dir.resolve("sentinel-" + sentinelProcesses.size());
            sentinelProcesses.add(RedisProcess.sentinel(home, port, master, ""));
        }
        sentinelProcesses.forEach(process -> sentinels.add(process.start()));
        sentinelProcesses.forEach(
                process -> process.awaitInfo("slaves=" + (count - 1) + ",sentinels=3"));
    }

    private List<RedisProcess> followers() {
        return serverProcesses.subList(1, serverProcesses.size());
    }

    private Child startClient(String name, int masterPort) {
        return Child.store(name, dir, List.of("redis", setup(masterPort).text()));
    }

    private RedisSetup setup(int masterPort) {
        int count = servers.size();
        return new RedisSetup(
                masterPort,
                sentinelProcesses.stream().map(RedisProcess::port).toList(),
                durability == Durability.EQUAL ? count / 2 : 0,
                RedisBinary.knowsWaitAof(),
                CONNECTIONS,
                "");
    }

    private Child master() {
        return servers.getFirst();
    }

    void killMaster() {
        master().kill();
    }

    void pauseMaster() {
        master().pause();
    }

    /** As an operator does before maintenance. */
    void orderFailover() {
        sentinelProcesses.getFirst().ask("SENTINEL", "FAILOVER", "miroir");
    }

    List<Child> servers() {
        return servers;
    }

    int port(int number) {
        return serverProcesses.get(number).port();
    }

    Path directory(int number) {
        return dir.resolve("redis-" + number);
    }

    /** Starts a server that was killed, on the directory that it left. */
    void restart(int number) {
        servers.set(number, serverProcesses.get(number).start());
    }

    /** The same with all of them. */
    void restartAll() {
        for (int i = 0; i < servers.size(); i++) {
            restart(i);
        }
    }

    /** Beside the master: there is no network between the two. */
    @Override
    public Child asking() {
        if (client == null) {
            client = startClient("client", port(0));
        }
        return client;
    }

    /** How a client of its own finds the master. */
    RedisSetup setup() {
        return setup(port(0));
    }

    /** A client on another machine than the master's. */
    Child askingFromAfar() {
        if (distantClient == null) {
            distantClient = startClient("distant-client", links.to(port(0)));
        }
        return distantClient;
    }

    @Override
    public List<Child> all() {
        List<Child> all = new ArrayList<>(servers);
        all.addAll(sentinels);
        all.addAll(clients());
        return all;
    }

    private List<Child> clients() {
        return Stream.of(Optional.ofNullable(client), Optional.ofNullable(distantClient))
                .flatMap(Optional::stream)
                .toList();
    }

    @Override
    public void close() {
        clients().forEach(Child::close);
        sentinels.forEach(Child::close);
        // Asked to end, one waits ten seconds for replicas that lag.
        servers.forEach(Child::kill);
    }
}
