package io.miroir.edge.http;

import io.undertow.server.HttpServerExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.xnio.channels.StreamSinkChannel;

/**
 * Writes a response's channel on a virtual thread, which parks while the client takes nothing: the
 * counterpart of {@link ChannelStream}.
 */
final class ChannelSink extends OutputStream {
    private final StreamSinkChannel channel;
    private final long silenceMillisMax;
    private final Semaphore writable = new Semaphore(0);

    /** The exchange's status, headers and length must be set. */
    ChannelSink(HttpServerExchange exchange, long silenceMillisMax) {
        this.channel =
                Objects.requireNonNull(exchange.getResponseChannel(), "an answer has been begun");
        this.silenceMillisMax = silenceMillisMax;
        channel.getWriteSetter()
                .set(
                        ready -> {
                            ready.suspendWrites();
                            writable.release();
                        });
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(source, offset, length);
        while (buffer.hasRemaining()) {
            if (channel.write(buffer) == 0) {
                awaitWritable();
            }
        }
    }

    @Override
    public void close() throws IOException {
        channel.shutdownWrites();
        while (!channel.flush()) {
            awaitWritable();
        }
    }

    private void awaitWritable() throws IOException {
        channel.resumeWrites();
        try {
            if (!writable.tryAcquire(silenceMillisMax, TimeUnit.MILLISECONDS)) {
                throw new ClientGone("no byte was taken within " + silenceMillisMax + " ms");
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new ClientGone("the server stops");
        }
    }
}
