package io.miroir.raft.link;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import org.apache.ratis.thirdparty.com.google.protobuf.MessageLite;
import org.apache.ratis.thirdparty.com.google.protobuf.StringValue;
import org.jspecify.annotations.Nullable;

/**
 * A connection that another pod opened: its requests are begun in their order on this thread and
 * answered by the thread that has the answer, which saves handing it over.
 */
final class Session implements Runnable {
    /** Requests begun and not answered; the next one is not read before there is room. */
    static final int OPEN_MAX = 256;

    /** A pod that lives is heard more often, one that only calls now and then connects again. */
    private static final int SILENCE_MILLIS_MAX = 300_000;

    private final Sockets.Connection connection;
    private final Requests requests;
    private final LinkMetrics metrics;
    private final Frames.Reader reader;
    private final Frames.Writer writer;
    private final Semaphore room = new Semaphore(OPEN_MAX);
    private volatile boolean greeted;

    Session(Sockets.Connection connection, Requests requests, LinkMetrics metrics)
            throws IOException {
        this.connection = connection;
        this.requests = requests;
        this.metrics = metrics;
        this.reader = new Frames.Reader(connection.socket().getInputStream());
        this.writer = new Frames.Writer(connection.socket().getOutputStream());
    }

    /** Whether it is a member, as far as can be told. */
    boolean isGreeted() {
        return greeted;
    }

    /** Whether an answer does not get into the socket: the pod reads nothing any more. */
    boolean hangs(long nowNanos, long nanosMax) {
        return writer.hangs(nowNanos, nanosMax);
    }

    @Override
    public void run() {
        try (connection) {
            reader.hello();
            greeted = true;
            connection.socket().setSoTimeout(SILENCE_MILLIS_MAX);
            while (true) {
                Frames.Frame frame = reader.next();
                takeRoom();
                begin(frame);
            }
        } catch (IOException e) {
            // Its pod has gone, or is no member: there is nobody to tell.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void takeRoom() throws InterruptedException {
        if (!room.tryAcquire()) {
            metrics.requestWaits();
            room.acquire();
        }
        metrics.requestBegan();
    }

    private void begin(Frames.Frame frame) {
        CompletableFuture<? extends MessageLite> answer;
        try {
            answer = requests.handle(frame.kind(), frame.message());
        } catch (IOException | RuntimeException e) {
            answer = CompletableFuture.failedFuture(e);
        }
        var _ = answer.whenComplete((reply, failure) -> answer(frame, reply, failure));
    }

    private void answer(
            Frames.Frame frame, @Nullable MessageLite reply, @Nullable Throwable failure) {
        try {
            if (reply != null) {
                writer.write(frame.kind(), frame.number(), reply);
            } else {
                writer.write(Kind.FAILED, frame.number(), StringValue.of(String.valueOf(failure)));
            }
        } catch (IOException e) {
            connection.close();
        } finally {
            metrics.requestEnded();
            room.release();
        }
    }
}
