package io.miroir.bench.gate;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import redis.clients.jedis.Connection;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.commands.ProtocolCommand;
import redis.clients.jedis.exceptions.JedisException;

/** One command to one server, as an operator would type it. */
final class RedisCli {
    private static final int TIMEOUT_MILLIS = 60_000;

    private RedisCli() {}

    /**
     * The answer as text; empty if the server can't be reached yet.
     *
     * @param password empty for none
     */
    static String ask(int port, String password, String... words) {
        try (Connection connection =
                new Connection(
                        new HostAndPort("127.0.0.1", port),
                        DefaultJedisClientConfig.builder()
                                .socketTimeoutMillis(TIMEOUT_MILLIS)
                                .password(password.isEmpty() ? null : password)
                                .build())) {
            ProtocolCommand command = () -> words[0].getBytes(StandardCharsets.US_ASCII);
            connection.sendCommand(command, Arrays.copyOfRange(words, 1, words.length));
            return text(connection.getOne());
        } catch (JedisException e) {
            return "";
        }
    }

    private static String text(Object answer) {
        return switch (answer) {
            case byte[] bytes -> new String(bytes, StandardCharsets.UTF_8);
            case List<?> parts -> String.join(" ", parts.stream().map(RedisCli::text).toList());
            case null -> "";
            default -> answer.toString();
        };
    }
}
