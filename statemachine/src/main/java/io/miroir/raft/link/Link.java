package io.miroir.raft.link;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.InvalidProtocolBufferException;
import org.apache.ratis.thirdparty.com.google.protobuf.MessageLite;
import org.apache.ratis.thirdparty.com.google.protobuf.StringValue;

/**
 * A connection that this pod opened to another. Requests are written by their callers, in order;
 * answers come in any order and are completed on the one thread that reads. Whatever waits when the
 * connection ends is failed.
 */
final class Link implements Closeable {
    private final String name;
    private final Sockets.Connection connection;
    private final Frames.Reader reader;
    private final Frames.Writer writer;
    private final AtomicLong numbers = new AtomicLong();
    private final Map<Long, Waiting> waiting = new ConcurrentHashMap<>();
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile boolean heard;

    private record Waiting(CompletableFuture<ByteString> answer, long deadlineNanos) {}

    private Link(String name, Sockets.Connection connection) throws IOException {
        this.name = name;
        this.connection = connection;
        this.reader = new Frames.Reader(connection.socket().getInputStream());
        this.writer = new Frames.Writer(connection.socket().getOutputStream());
    }

    /** Connects. */
    static Link open(String name, Sockets sockets, String address, int timeoutMillis)
            throws IOException {
        Sockets.Connection connection = sockets.connect(address, timeoutMillis);
        try {
            Link link = new Link(name, connection);
            connection.socket().setSoTimeout(0);
            link.writer.hello();
            Thread.ofPlatform().daemon().name(name).start(link::read);
            return link;
        } catch (IOException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    boolean isOpen() {
        return !ended.get();
    }

    /** Whether the other side ever answered: until then it may drop whoever comes. */
    boolean wasHeard() {
        return heard;
    }

    /**
     * Sends a request. The answer is completed on the reading thread, which must not wait.
     *
     * @param timeoutMillis a connection whose oldest answer is later is given up
     * @throws IOException if it could not be written; the connection has ended then
     */
    CompletableFuture<ByteString> send(Kind kind, MessageLite request, long timeoutMillis)
            throws IOException {
        long number = numbers.incrementAndGet();
        CompletableFuture<ByteString> answer = new CompletableFuture<>();
        long deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
        waiting.put(number, new Waiting(answer, deadlineNanos));
        try {
            if (ended.get()) {
                throw new IOException(name + " has ended");
            }
            writer.write(kind, number, request);
        } catch (IOException e) {
            waiting.remove(number);
            end(e);
            throw e;
        }
        return answer;
    }

    /** Gives the connection up if an answer is overdue; a writer that hangs is freed by that. */
    void endIfOverdue(long nowNanos) {
        for (Waiting each : waiting.values()) {
            if (nowNanos - each.deadlineNanos() > 0) {
                end(new IOException(name + " does not answer"));
                return;
            }
        }
    }

    @Override
    public void close() {
        end(new IOException(name + " was closed"));
    }

    private void read() {
        try {
            while (true) {
                answered(reader.next());
            }
        } catch (IOException | RuntimeException e) {
            end(e instanceof IOException io ? io : new IOException(e));
        }
    }

    private void answered(Frames.Frame frame) {
        heard = true;
        Waiting asked = waiting.remove(frame.number());
        if (asked == null) {
            return;
        }
        if (frame.kind() == Kind.FAILED) {
            asked.answer().completeExceptionally(failure(frame.message()));
        } else {
            asked.answer().complete(frame.message());
        }
    }

    private IOException failure(ByteString words) {
        try {
            return new IOException(name + ": " + StringValue.parseFrom(words).getValue());
        } catch (InvalidProtocolBufferException e) {
            return new IOException(name + " failed, in words that cannot be read", e);
        }
    }

    private void end(IOException why) {
        if (!ended.compareAndSet(false, true)) {
            return;
        }
        connection.close();
        for (Long number : List.copyOf(waiting.keySet())) {
            Waiting lost = waiting.remove(number);
            if (lost != null) {
                lost.answer().completeExceptionally(why);
            }
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
