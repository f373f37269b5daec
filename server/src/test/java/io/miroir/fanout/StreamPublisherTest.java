package io.miroir.fanout;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Bodies are published as they are asked for: in order, whole, and with one end. */
class StreamPublisherTest {
    private static byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        new Random(3).nextBytes(bytes);
        return bytes;
    }

    private static final class Reader implements Flow.Subscriber<ByteBuffer> {
        private final long each;
        private final ByteArrayOutputStream read = new ByteArrayOutputStream();
        private final List<String> ends = new ArrayList<>();
        private Flow.@Nullable Subscription subscription;

        Reader(long each) {
            this.each = each;
        }

        @Override
        public void onSubscribe(Flow.Subscription given) {
            subscription = given;
            given.request(each);
        }

        @Override
        public void onNext(ByteBuffer piece) {
            byte[] bytes = new byte[piece.remaining()];
            piece.get(bytes);
            read.writeBytes(bytes);
            // As Java's client asks: from inside of what it is given.
            Objects.requireNonNull(subscription).request(each);
        }

        @Override
        public void onError(Throwable failed) {
            ends.add(String.valueOf(failed.getMessage()));
        }

        @Override
        public void onComplete() {
            ends.add("complete");
        }
    }

    @Test
    void bodiesComeWholeHoweverTheyAreAskedFor() {
        for (int size : new int[] {1, 300, 64 << 10, (64 << 10) + 1, 1_000_000}) {
            for (long each : new long[] {1, 3, Long.MAX_VALUE}) {
                byte[] body = bytes(size);
                Reader reader = new Reader(each);
                new StreamPublisher(() -> new ByteArrayInputStream(body), size).subscribe(reader);
                assertArrayEquals(body, reader.read.toByteArray());
                assertEquals(List.of("complete"), reader.ends);
            }
        }
    }

    @Test
    void aStreamThatEndsTooEarlyEndsTheBody() {
        Reader reader = new Reader(1);
        new StreamPublisher(() -> new ByteArrayInputStream(bytes(100)), 1_000).subscribe(reader);
        assertEquals(100, reader.read.size());
        assertEquals(List.of("complete"), reader.ends);
    }

    @Test
    void aStreamThatBreaksIsToldOnce() {
        InputStream broken =
                new InputStream() {
                    @Override
                    public int read() throws IOException {
                        throw new IOException("disk");
                    }

                    @Override
                    public int read(byte[] target, int offset, int length) throws IOException {
                        throw new IOException("disk");
                    }
                };
        Reader reader = new Reader(5);
        new StreamPublisher(() -> broken, 1_000).subscribe(reader);
        assertEquals(List.of("disk"), reader.ends);
    }

    @Test
    void whoCancelsGetsNoMore() {
        List<ByteBuffer> pieces = new ArrayList<>();
        List<String> ends = new ArrayList<>();
        new StreamPublisher(() -> new ByteArrayInputStream(bytes(1_000_000)), 1_000_000)
                .subscribe(
                        new Flow.Subscriber<>() {
                            private Flow.@Nullable Subscription subscription;

                            @Override
                            public void onSubscribe(Flow.Subscription given) {
                                subscription = given;
                                given.request(Long.MAX_VALUE);
                            }

                            @Override
                            public void onNext(ByteBuffer piece) {
                                pieces.add(piece);
                                Objects.requireNonNull(subscription).cancel();
                            }

                            @Override
                            public void onError(Throwable failed) {
                                ends.add("failed");
                            }

                            @Override
                            public void onComplete() {
                                ends.add("complete");
                            }
                        });
        assertEquals(1, pieces.size());
        assertEquals(List.of(), ends);
    }
}
