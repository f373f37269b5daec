package io.miroir.bench.redis;

import java.util.List;

/**
 * Which Redis, and what an acknowledged write must have survived.
 *
 * @param port of the master on loopback; ignored where sentinels are named
 * @param sentinelPorts sentinels that know the master; empty: it never changes
 * @param replicaAcks replicas that must have the write too; 0 sends no WAIT
 * @param waitAof whether their fsync is asked for (WAITAOF, from Redis 7.2), not only their receipt
 * @param connections at most this many pipelines at once
 * @param password of the master; empty for none
 */
public record RedisSetup(
        int port,
        List<Integer> sentinelPorts,
        int replicaAcks,
        boolean waitAof,
        int connections,
        String password) {

    /** Its form as one argument of a process. */
    public String text() {
        return "%d;%s;%d;%b;%d;%s"
                .formatted(
                        port,
                        String.join(",", sentinelPorts.stream().map(String::valueOf).toList()),
                        replicaAcks,
                        waitAof,
                        connections,
                        password);
    }

    /** The inverse of {@link #text}. */
    public static RedisSetup of(String text) {
        String[] parts = text.split(";", -1);
        List<Integer> sentinels =
                parts[1].isEmpty()
                        ? List.of()
                        : List.of(parts[1].split(",", -1)).stream().map(Integer::valueOf).toList();
        return new RedisSetup(
                Integer.parseInt(parts[0]),
                sentinels,
                Integer.parseInt(parts[2]),
                Boolean.parseBoolean(parts[3]),
                Integer.parseInt(parts[4]),
                parts[5]);
    }
}
