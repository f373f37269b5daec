package io.miroir.bench.redis;

import io.miroir.store.Refusal;
import io.miroir.store.Reply;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.commands.ProtocolCommand;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Sends commands that wait in one pipeline, with one WAIT behind them. A caller that finds a free
 * connection sends on its own thread, for itself and for all who wait: no thread stands between.
 */
final class RedisPipeline implements AutoCloseable {
    private static final int COMMANDS_MAX = 1_024;
    private static final int WAIT_MILLIS = 1_000;
    private static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final RedisSetup setup;
    private final RedisConnections connections;
    private final Semaphore free;
    private final Queue<Waiting> queue = new ConcurrentLinkedQueue<>();
    private final AtomicLong answered = new AtomicLong();
    private volatile long lastWriteMicros;

    private static final class Waiting {
        private final ProtocolCommand command;
        private final byte[][] arguments;
        private final boolean write;
        private final Thread caller = Thread.currentThread();
        private @Nullable Object answer;
        private @Nullable Refusal refusal;
        private volatile boolean done;

        Waiting(ProtocolCommand command, byte[][] arguments, boolean write) {
            this.command = command;
            this.arguments = arguments;
            this.write = write;
        }

        void answer(@Nullable Object value, @Nullable Refusal why) {
            answer = value;
            refusal = why;
            done = true;
            LockSupport.unpark(caller);
        }
    }

    RedisPipeline(RedisSetup setup) {
        this.setup = setup;
        this.connections = new RedisConnections(setup);
        this.free = new Semaphore(setup.connections());
    }

    /** A write; its answer comes once it is as durable as the set-up asks. */
    <T> Reply<T> write(Function<Object, T> words, RedisScript script, Object... arguments) {
        lastWriteMicros = RedisTaskStore.wallMicros();
        return reply(
                send(new Waiting(Protocol.Command.EVALSHA, script.call(arguments), true)), words);
    }

    /** A read. */
    @Nullable Object read(ProtocolCommand command, Object... arguments) {
        Waiting waiting = send(new Waiting(command, bytes(arguments), false));
        return reply(waiting, answer -> new Answer(answer)).orThrow().value();
    }

    /** The same read of several keys, in one pipeline. */
    List<Object> readAll(ProtocolCommand command, List<String> keys) {
        Connection connection = connections.take();
        try {
            keys.forEach(key -> connection.sendCommand(command, key));
            List<Object> answers = connection.getMany(keys.size());
            connections.giveBack(connection);
            return answers;
        } catch (JedisException e) {
            connections.drop(connection);
            throw e;
        }
    }

    /** When the last write set off: no later than Redis' clock had it. */
    long lastWriteMicros() {
        return lastWriteMicros;
    }

    /** A whole hash. */
    RedisHash hash(String key) {
        return RedisHash.of(read(Protocol.Command.HGETALL, key));
    }

    /** The members of a set, sorted. */
    List<String> members(String key) {
        List<?> members = (List<?>) RedisRows.present(read(Protocol.Command.SMEMBERS, key));
        return members.stream().map(RedisConnections::text).sorted().toList();
    }

    /** The rows of an index's members that are there, in the order of their ids. */
    <R> Stream<R> rows(String index, Function<String, Optional<R>> get) {
        return members(index).stream().flatMap(id -> get.apply(id).stream());
    }

    /** Those whose ids begin alike; {@code get} is given what follows. */
    <R> Stream<R> rows(String index, String prefix, Function<String, Optional<R>> get) {
        return members(index).stream()
                .filter(id -> id.startsWith(prefix))
                .flatMap(id -> get.apply(id.substring(prefix.length())).stream());
    }

    /** How many members of an index by their end are not over. */
    long living(String key) {
        Object count =
                read(Protocol.Command.ZCOUNT, key, "(" + RedisTaskStore.wallMicros(), "+inf");
        return (Long) RedisRows.present(count);
    }

    /** A connection of the caller's own, which closes it. */
    Connection connection() {
        return connections.take();
    }

    private record Answer(@Nullable Object value) {}

    @Override
    public void close() {
        connections.close();
    }

    private <T> Reply<T> reply(Waiting waiting, Function<Object, T> words) {
        if (waiting.refusal != null) {
            return new Reply.Refused<>(waiting.refusal);
        }
        return new Reply.Applied<>(answered.incrementAndGet(), words.apply(waiting.answer));
    }

    private Waiting send(Waiting waiting) {
        queue.add(waiting);
        while (!waiting.done) {
            // Where nothing waits, its command is under way: whoever sent it wakes it. Looking for
            // a connection again and again would keep the sender's thread from running, for ever
            // if all carriers of virtual threads do.
            if (queue.isEmpty() || !free.tryAcquire()) {
                LockSupport.park(this);
                continue;
            }
            try {
                sendAll();
            } finally {
                free.release();
            }
            // Whoever came meanwhile found no free connection and sleeps.
            Waiting next = queue.peek();
            if (next != null) {
                LockSupport.unpark(next.caller);
            }
        }
        return waiting;
    }

    private void sendAll() {
        List<Waiting> batch = new ArrayList<>();
        boolean write = false;
        for (Waiting next = queue.poll(); next != null; next = queue.poll()) {
            batch.add(next);
            write |= next.write;
            if (batch.size() == COMMANDS_MAX) {
                break;
            }
        }
        if (batch.isEmpty()) {
            return;
        }
        Connection connection = connect();
        if (connection == null) {
            batch.forEach(w -> w.answer(null, new Refusal.Unavailable("no master")));
            return;
        }
        boolean waits = write && setup.replicaAcks() > 0;
        try {
            batch.forEach(w -> connection.sendCommand(w.command, w.arguments));
            if (waits) {
                sendWait(connection);
            }
            List<Object> answers = connection.getMany(batch.size() + (waits ? 1 : 0));
            boolean durable = !waits || acknowledged(answers.getLast());
            for (int i = 0; i < batch.size(); i++) {
                answer(batch.get(i), answers.get(i), durable);
            }
            connections.giveBack(connection);
        } catch (JedisException e) {
            connections.drop(connection);
            Refusal refusal = new Refusal.Indeterminate(String.valueOf(e.getMessage()));
            batch.stream().filter(w -> !w.done).forEach(w -> w.answer(null, refusal));
        }
    }

    private static void answer(Waiting waiting, Object answer, boolean durable) {
        if (answer instanceof JedisDataException e) {
            waiting.answer(null, new Refusal.Rejected(String.valueOf(e.getMessage())));
        } else if (waiting.write && !durable) {
            waiting.answer(null, new Refusal.Indeterminate("too few replicas acknowledged"));
        } else {
            waiting.answer(answer, null);
        }
    }

    private void sendWait(Connection connection) {
        String acks = String.valueOf(setup.replicaAcks());
        String timeout = String.valueOf(WAIT_MILLIS);
        if (setup.waitAof()) {
            connection.sendCommand(RedisConnections.Word.WAITAOF, "1", acks, timeout);
        } else {
            connection.sendCommand(Protocol.Command.WAIT, acks, timeout);
        }
    }

    private boolean acknowledged(Object answer) {
        if (answer instanceof JedisDataException e) {
            throw e;
        }
        Object replicas = setup.waitAof() ? ((List<?>) answer).get(1) : answer;
        return (Long) replicas >= setup.replicaAcks();
    }

    private @Nullable Connection connect() {
        long giveUpNanos = System.nanoTime() + DEADLINE_NANOS;
        while (System.nanoTime() < giveUpNanos) {
            try {
                return connections.take();
            } catch (JedisException e) {
                LockSupport.parkNanos(RETRY_NANOS);
            }
        }
        return null;
    }

    /** Arguments as Redis takes them. */
    static byte[][] bytes(Object... arguments) {
        byte[][] bytes = new byte[arguments.length][];
        for (int i = 0; i < arguments.length; i++) {
            bytes[i] = String.valueOf(arguments[i]).getBytes(StandardCharsets.UTF_8);
        }
        return bytes;
    }
}
