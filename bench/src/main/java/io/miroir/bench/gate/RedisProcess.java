package io.miroir.bench.gate;

import io.miroir.bench.tools.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * One redis-server or sentinel in a directory of its own, with a configuration file there that it
 * rewrites itself, as operators have it.
 *
 * @param password empty for none
 * @param text of the configuration file of the first start
 */
record RedisProcess(
        String name, Path home, int port, String password, boolean sentinel, String text) {
    /** As the file of a sentinel has it: down after a second. */
    static final String[] SENTINEL_TIMES = {
        "SENTINEL", "SET", "miroir", "down-after-milliseconds", "1000", "failover-timeout", "10000"
    };

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /**
     * A server.
     *
     * @param masterPort whom it follows; its own port: nobody
     */
    static RedisProcess server(
            Path home,
            int port,
            int masterPort,
            RedisServers.Durability durability,
            String password) {
        StringBuilder text = new StringBuilder();
        text.append(
                """
                bind 127.0.0.1
                port %d
                dir %s
                logfile %s
                appendonly yes
                appendfsync %s
                save ""
                repl-diskless-sync-delay 0
                """
                        .formatted(
                                port,
                                home,
                                home.resolve("log"),
                                switch (durability) {
                                    case EQUAL -> "always";
                                    case USUAL -> "everysec";
                                }));
        if (masterPort != port) {
            text.append("replicaof 127.0.0.1 ").append(masterPort).append('\n');
        }
        if (!password.isEmpty()) {
            text.append("requirepass %s\nmasterauth %s\n".formatted(password, password));
        }
        return new RedisProcess(
                home.getFileName().toString(), home, port, password, false, text.toString());
    }

    /** A sentinel, which calls the master down after a second. */
    static RedisProcess sentinel(Path home, int port, int masterPort, String password) {
        StringBuilder text = new StringBuilder();
        text.append(
                """
                bind 127.0.0.1
                port %d
                dir %s
                logfile %s
                sentinel monitor miroir 127.0.0.1 %d 2
                sentinel down-after-milliseconds miroir 1000
                sentinel failover-timeout miroir 10000
                """
                        .formatted(port, home, home.resolve("log"), masterPort));
        if (!password.isEmpty()) {
            text.append("sentinel auth-pass miroir ").append(password).append('\n');
        }
        return new RedisProcess(
                home.getFileName().toString(), home, port, "", true, text.toString());
    }

    /** Writes the configuration over one that it has rewritten itself. */
    void configureAnew() {
        try {
            Files.deleteIfExists(configuration());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + configuration(), e);
        }
        configure();
    }

    /** Writes the configuration, if there is none yet. */
    void configure() {
        Path file = configuration();
        if (Files.exists(file)) {
            return;
        }
        try {
            Files.createDirectories(home);
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    /**
     * Starts it and waits for its answer. One that finds an RDB and no log of commands, as after a
     * restore, would not read the RDB with the log switched on: it is switched on afterwards.
     */
    Child start() {
        configure();
        boolean restored =
                Files.exists(home.resolve("dump.rdb"))
                        && !Files.exists(home.resolve("appendonlydir"));
        List<String> command =
                new ArrayList<>(List.of(RedisBinary.path(), configuration().toString()));
        if (sentinel) {
            command.add("--sentinel");
        }
        if (restored) {
            command.addAll(List.of("--appendonly", "no"));
        }
        Child child = Child.start(name, home, command);
        awaitInfo("redis_version");
        if (restored) {
            awaitInfo("loading:0");
            ask("CONFIG", "SET", "appendonly", "yes");
            awaitInfo("aof_rewrite_in_progress:0");
        }
        return child;
    }

    /** One command, as an operator types it. */
    String ask(String... words) {
        return RedisCli.ask(port, password, words);
    }

    /** Waits until INFO holds this text. */
    void awaitInfo(String part) {
        Await.until(name + " says " + part, PATIENCE, () -> ask("INFO").contains(part));
    }

    private Path configuration() {
        return home.resolve(sentinel ? "sentinel.conf" : "redis.conf");
    }
}
