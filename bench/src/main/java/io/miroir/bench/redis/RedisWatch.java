package io.miroir.bench.redis;

import io.miroir.store.Change;
import io.miroir.store.Watch;
import io.miroir.store.Watcher;
import java.util.List;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.exceptions.JedisException;

/**
 * What Redis tells by itself: revoked admin sessions, on the channel {@code
 * miroir:admin_session:revoked}. Nobody hears of anything else; a lost connection loses events.
 */
final class RedisWatch implements Watch {
    private static final String CHANNEL = "miroir:admin_session:revoked";

    private final Connection connection;
    private final Watcher watcher;

    RedisWatch(Connection connection, Watcher watcher) {
        this.connection = connection;
        this.watcher = watcher;
        connection.setTimeoutInfinite();
        connection.sendCommand(Protocol.Command.SUBSCRIBE, CHANNEL);
        Thread.ofVirtual().start(this::listen);
    }

    @Override
    public void close() {
        connection.close();
    }

    private void listen() {
        try {
            for (long heard = 0; ; heard++) {
                List<?> message = (List<?>) connection.getOne();
                if (RedisConnections.text(message.get(0)).equals("message")) {
                    String id = RedisConnections.text(message.get(2));
                    Change change = new Change.AdminSessionsRevoked(id.isEmpty() ? null : id);
                    watcher.applied(heard, List.of(change));
                } else {
                    watcher.resync(heard);
                }
            }
        } catch (JedisException e) {
            // Closed, or lost.
        }
    }
}
