package io.miroir.bench.redis;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Connection;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.commands.ProtocolCommand;
import redis.clients.jedis.exceptions.JedisException;

/** Connections to the current master, kept open. */
final class RedisConnections implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 2_000;
    private static final String LOOPBACK = "127.0.0.1";

    private final RedisSetup setup;
    private final ConcurrentLinkedDeque<Connection> idle = new ConcurrentLinkedDeque<>();

    /** Words that the client library has no name for. */
    enum Word implements ProtocolCommand {
        WAITAOF,
        SENTINEL;

        @Override
        public byte[] getRaw() {
            return name().getBytes(StandardCharsets.US_ASCII);
        }
    }

    RedisConnections(RedisSetup setup) {
        this.setup = setup;
    }

    /** An open connection; throws {@link JedisException} if there is no master to be reached. */
    Connection take() {
        Connection connection = idle.poll();
        if (connection != null) {
            return connection;
        }
        Connection fresh = connect(master(), setup.password());
        try {
            // A replica that became master knows no scripts.
            for (RedisScript script : RedisScript.values()) {
                fresh.sendCommand(Protocol.Command.SCRIPT, "LOAD", script.text());
                fresh.getOne();
            }
            return fresh;
        } catch (JedisException e) {
            fresh.close();
            throw e;
        }
    }

    void giveBack(Connection connection) {
        idle.push(connection);
    }

    /** After an error: the others may lead to a master that is none any more. */
    void drop(Connection broken) {
        broken.close();
        closeIdle();
    }

    @Override
    public void close() {
        closeIdle();
    }

    private void closeIdle() {
        for (Connection next = idle.poll(); next != null; next = idle.poll()) {
            next.close();
        }
    }

    private int master() {
        if (setup.sentinelPorts().isEmpty()) {
            return setup.port();
        }
        JedisException last = new JedisException("no sentinel knows a master");
        for (int sentinel : setup.sentinelPorts()) {
            try (Connection connection = connect(sentinel, "")) {
                connection.sendCommand(Word.SENTINEL, "get-master-addr-by-name", "miroir");
                List<?> address = (List<?>) connection.getOne();
                if (address != null) {
                    return Integer.parseInt(text(address.get(1)));
                }
            } catch (JedisException e) {
                last = e;
            }
        }
        throw last;
    }

    private static Connection connect(int port, String password) {
        Connection connection =
                new Connection(
                        new HostAndPort(LOOPBACK, port),
                        DefaultJedisClientConfig.builder()
                                .connectionTimeoutMillis(TIMEOUT_MILLIS)
                                .socketTimeoutMillis(TIMEOUT_MILLIS)
                                .password(password.isEmpty() ? null : password)
                                .build());
        try {
            connection.sendCommand(Protocol.Command.PING);
            connection.getOne();
        } catch (JedisException e) {
            connection.close();
            throw e;
        }
        return connection;
    }

    /** An answer's bytes as text; null is a bug of the caller. */
    static String text(@Nullable Object answer) {
        return new String((byte[]) Objects.requireNonNull(answer), StandardCharsets.UTF_8);
    }
}
