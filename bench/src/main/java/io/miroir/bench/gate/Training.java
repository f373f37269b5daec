package io.miroir.bench.gate;

import io.miroir.bench.redis.RedisSetup;
import io.miroir.bench.redis.RedisTaskStore;
import io.miroir.bench.tools.Ports;
import io.miroir.cli.Main;
import io.miroir.store.TaskStore;
import java.nio.file.Path;
import java.util.List;

/**
 * What the JVM watches to make the AOT cache of {@link PodJvm}: the training run of an image, and
 * the same workload on Redis, so that its client starts as quickly.
 */
final class Training {
    private static final int TASKS = 500;

    private Training() {}

    /** Arguments: an empty directory, and where the AOT cache of commands is to be. */
    public static void main(String[] arguments) {
        Path dir = Path.of(arguments[0]);
        int exit =
                Main.commandLine()
                        .execute(
                                "training",
                                "--dir",
                                arguments[0],
                                "--commands-cache",
                                arguments[1]);
        if (RedisBinary.isThere()) {
            onRedis(dir);
        }
        System.exit(exit);
    }

    private static void onRedis(Path dir) {
        List<Integer> ports = Ports.free(2);
        int master = ports.getFirst();
        RedisProcess server =
                RedisProcess.server(
                        dir.resolve("redis"), master, master, RedisServers.Durability.EQUAL, "");
        RedisProcess sentinel =
                RedisProcess.sentinel(dir.resolve("sentinel"), ports.getLast(), master, "");
        RedisSetup setup =
                new RedisSetup(0, List.of(ports.getLast()), 0, false, RedisServers.CONNECTIONS, "");
        try (Child _ = server.start();
                Child _ = sentinel.start();
                TaskStore store = RedisTaskStore.open(setup)) {
            new Workload(store).insert(TASKS);
        }
    }
}
