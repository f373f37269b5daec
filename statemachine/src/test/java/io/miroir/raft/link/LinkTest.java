package io.miroir.raft.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.MessageLite;
import org.apache.ratis.thirdparty.com.google.protobuf.StringValue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Connections between members: two ends over loopback, and ends that misbehave. */
class LinkTest {
    private static final RaftPeerId OTHER = RaftPeerId.valueOf("pod-b");
    private static final long PATIENCE_SECONDS = 120;
    private static final int LONG_MILLIS = 60_000;

    private final Sockets sockets = new Sockets(Optional.empty());
    private final BlockingQueue<CompletableFuture<MessageLite>> asked = new LinkedBlockingQueue<>();
    private final CollectorRegistry registry = new CollectorRegistry();
    private final List<LongConsumer> watched = new CopyOnWriteArrayList<>();
    private final Watchdog watchdog =
            new Watchdog("test", nowNanos -> watched.forEach(ends -> ends.accept(nowNanos)));
    private LinkServer server;
    private Links links;

    @BeforeEach
    void start() throws IOException {
        server = server(0);
        links = links(server.address().getPort());
        watchdog.start();
    }

    @AfterEach
    void stop() throws IOException {
        watchdog.close();
        links.close();
        server.close();
    }

    private LinkServer server(int port) throws IOException {
        registry.clear();
        LinkServer made =
                new LinkServer(
                        "pod-b",
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                        sockets,
                        this::handle,
                        new LinkMetrics(registry));
        made.start();
        watched.add(made::endOverdue);
        return made;
    }

    private Links links(int port) {
        Links made = new Links("pod-a", sockets, Map.of(OTHER, "127.0.0.1:" + port));
        watched.add(made::endOverdue);
        return made;
    }

    /** What is asked for is answered later; a request to fail fails at once. */
    private CompletableFuture<MessageLite> handle(Kind kind, ByteString message)
            throws IOException {
        String words = StringValue.parseFrom(message).getValue();
        if (words.equals("fail")) {
            throw new IOException("as it was told");
        }
        CompletableFuture<MessageLite> answer = new CompletableFuture<>();
        asked.add(answer);
        return answer;
    }

    private CompletableFuture<ByteString> ask(String words) throws IOException {
        return links.to(OTHER, Links.Purpose.CALLS)
                .send(Kind.SUBMIT, StringValue.of(words), LONG_MILLIS);
    }

    private void answerNext(String words) throws InterruptedException {
        CompletableFuture<MessageLite> next = asked.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertTrue(next != null, "nothing was asked");
        next.complete(StringValue.of(words));
    }

    private static String words(CompletableFuture<ByteString> answer) throws Exception {
        return StringValue.parseFrom(answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).getValue();
    }

    private static IOException failure(CompletableFuture<ByteString> answer) {
        ExecutionException failed =
                assertThrows(
                        ExecutionException.class,
                        () -> answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
        return assertInstanceOf(IOException.class, failed.getCause());
    }

    private double metric(String name) {
        return registry.getSampleValue("miroir_task_store_link_" + name);
    }

    private void awaitMetric(String name, double value) throws InterruptedException {
        long giveUpNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (metric(name) != value) {
            assertTrue(System.nanoTime() < giveUpNanos, name + " stays " + metric(name));
            Thread.sleep(5);
        }
    }

    private void awaitEnd(Link link) throws InterruptedException {
        long giveUpNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (link.isOpen()) {
            assertTrue(System.nanoTime() < giveUpNanos, "the connection goes on");
            Thread.sleep(5);
        }
    }

    // ---- requests and answers

    @Test
    void answersComeInAnyOrder() throws Exception {
        CompletableFuture<ByteString> first = ask("first");
        CompletableFuture<MessageLite> slow = asked.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        CompletableFuture<ByteString> second = ask("second");
        answerNext("two");
        assertEquals("two", words(second));
        assertFalse(first.isDone());
        slow.complete(StringValue.of("one"));
        assertEquals("one", words(first));
    }

    @Test
    void aRequestThatFailsIsToldInWordsAndTheConnectionGoesOn() throws Exception {
        assertTrue(failure(ask("fail")).toString().contains("as it was told"));
        CompletableFuture<ByteString> next = ask("next");
        answerNext("well");
        assertEquals("well", words(next));
    }

    @Test
    void aMessageOfAnySizeBelowTheLimitArrivesWhole() throws Exception {
        for (int size : new int[] {0, 1, 100, 2_000, 64 << 10, 65_000, 4 << 20, 300}) {
            String large = "x".repeat(size);
            CompletableFuture<ByteString> answer = ask(large);
            answerNext(large);
            assertEquals(size, words(answer).length());
        }
    }

    @Test
    void aMessageAboveTheLimitIsNotSent() {
        assertThrows(IOException.class, () -> ask("x".repeat(Frames.FRAME_BYTES_MAX)));
    }

    @Test
    void aConnectionWithAllTheRequestsOpenThatItMayHaveIsReadOnWhenOneIsAnswered()
            throws Exception {
        List<CompletableFuture<ByteString>> answers = new ArrayList<>();
        for (int i = 0; i <= Session.OPEN_MAX; i++) {
            answers.add(ask("many"));
        }
        awaitMetric("full_total", 1);
        assertEquals(Session.OPEN_MAX, metric("open_requests"));
        assertEquals(Session.OPEN_MAX, asked.size());
        for (int i = 0; i <= Session.OPEN_MAX; i++) {
            answerNext("yes");
        }
        for (CompletableFuture<ByteString> answer : answers) {
            assertEquals("yes", words(answer));
        }
        awaitMetric("open_requests", 0);
        assertEquals(1, metric("sessions"));
        links.close();
        awaitMetric("sessions", 0);
    }

    // ---- ends

    @Test
    void whatWaitsFailsWhenTheOtherPodStopsAndItIsFoundAgainWhenItIsBack() throws Exception {
        int port = server.address().getPort();
        CompletableFuture<ByteString> lost = ask("lost");
        assertTrue(asked.poll(PATIENCE_SECONDS, TimeUnit.SECONDS) != null, "nothing was asked");
        Link link = links.to(OTHER, Links.Purpose.CALLS);
        server.close();
        failure(lost);
        awaitEnd(link);
        server = server(port);
        long giveUpNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        CompletableFuture<ByteString> found = null;
        while (found == null) {
            assertTrue(System.nanoTime() < giveUpNanos, "it is not found again");
            try {
                found = ask("back");
            } catch (IOException triedAMomentAgo) {
                Thread.sleep(5);
            }
        }
        answerNext("yes");
        assertEquals("yes", words(found));
    }

    @Test
    void aPodThatIsDownIsNotTriedWithEachRequest() throws Exception {
        int port = server.address().getPort();
        server.close();
        AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1);
        Links patient = new Links("pod-a", sockets, Map.of(OTHER, "127.0.0.1:" + port), nanos::get);
        for (long pause = Links.RETRY_MILLIS_MIN; pause <= Links.RETRY_MILLIS_MAX; pause *= 2) {
            triedNow(patient);
            nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(pause) - 1);
            leftAlone(patient);
            nanos.incrementAndGet();
        }
        for (int i = 0; i < 2; i++) {
            triedNow(patient);
            nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(Links.RETRY_MILLIS_MAX) - 1);
            leftAlone(patient);
            nanos.incrementAndGet();
        }
        patient.close();
    }

    private static void triedNow(Links links) {
        assertThrows(ConnectException.class, () -> links.to(OTHER, Links.Purpose.CALLS));
    }

    private static void leftAlone(Links links) {
        IOException soon =
                assertThrows(IOException.class, () -> links.to(OTHER, Links.Purpose.CALLS));
        assertTrue(soon.toString().contains("a moment ago"), soon::toString);
    }

    @Test
    void aPodThatDoesNotAnswerIsGivenUpWithAllThatWaits() throws Exception {
        CompletableFuture<ByteString> patient = ask("patient");
        Link link = links.to(OTHER, Links.Purpose.CALLS);
        CompletableFuture<ByteString> late = link.send(Kind.SUBMIT, StringValue.of("late"), 50);
        assertTrue(failure(late).toString().contains("does not answer"));
        failure(patient);
        assertFalse(link.isOpen());
    }

    @Test
    void aWriterThatHangsIsFreedByTheWatchdog() throws Exception {
        // A pod whose machine was taken off the net: it accepts, and reads nothing.
        try (ServerSocket stuck = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Links toStuck = links(stuck.getLocalPort());
            try {
                Link link = toStuck.to(OTHER, Links.Purpose.APPENDS);
                StringValue large = StringValue.of("x".repeat(4 << 20));
                assertThrows(
                        IOException.class,
                        () -> {
                            for (int i = 0; i < 100; i++) {
                                var _ = link.send(Kind.APPEND, large, 200);
                            }
                        });
                assertFalse(link.isOpen());
            } finally {
                toStuck.close();
            }
        }
    }

    @Test
    void whereAMemberIsMayBeLearnedButTheConfigurationCountsMore() throws Exception {
        RaftPeerId third = RaftPeerId.valueOf("pod-c");
        assertTrue(
                assertThrows(IOException.class, () -> links.to(third, Links.Purpose.CALLS))
                        .toString()
                        .contains("nobody knows"));
        String here = "127.0.0.1:" + server.address().getPort();
        Links learning = new Links("pod-a", sockets, Map.of(OTHER, here));
        learning.learn(RaftPeer.newBuilder().setId(third).setAddress(here).build());
        learning.learn(RaftPeer.newBuilder().setId(OTHER).setAddress("127.0.0.1:1").build());
        assertTrue(learning.to(third, Links.Purpose.CALLS).isOpen());
        assertTrue(learning.to(OTHER, Links.Purpose.CALLS).isOpen());
        learning.close();
    }

    // ---- strangers

    @Test
    void whoDoesNotReadItsAnswersIsDropped() throws Exception {
        // The thread that writes an answer may be one of the log: it must not wait for ever.
        try (Socket frozen = new Socket()) {
            frozen.connect(server.address());
            Frames.Writer writer = new Frames.Writer(frozen.getOutputStream());
            writer.hello();
            StringValue large = StringValue.of("x".repeat(4 << 20));
            for (int i = 0; i < 4; i++) {
                writer.write(Kind.SUBMIT, i, StringValue.of("large, please"));
            }
            List<CompletableFuture<MessageLite>> four = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                four.add(Objects.requireNonNull(asked.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)));
            }
            // Each returns once its answer is written or given up.
            four.forEach(next -> next.complete(large));
            frozen.setSoTimeout((int) TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
            assertThrows(
                    IOException.class,
                    () -> {
                        Frames.Reader reader = new Frames.Reader(frozen.getInputStream());
                        for (int i = 0; i < 4; i++) {
                            reader.next();
                        }
                    });
        }
    }

    @Test
    void strangersWhoSayNothingLeaveRoomForMembers() throws Exception {
        List<Socket> silent = new ArrayList<>();
        try {
            for (int i = 0; i < 300; i++) {
                Socket socket = new Socket();
                socket.connect(server.address());
                silent.add(socket);
            }
            Socket last = silent.getLast();
            last.setSoTimeout((int) TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
            int read;
            try {
                read = last.getInputStream().read();
            } catch (IOException reset) {
                read = -1;
            }
            assertEquals(-1, read, "it was not dropped");
            assertTrue(metric("sessions") <= LinkServer.GREETINGS_MAX, "sessions");
            assertTrue(metric("sessions_refused_total") > 0, "refused");
        } finally {
            for (Socket socket : silent) {
                socket.close();
            }
        }
        CompletableFuture<ByteString> answer = null;
        long giveUpNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (answer == null) {
            assertTrue(System.nanoTime() < giveUpNanos, "no member is let in");
            CompletableFuture<ByteString> tried;
            try {
                tried = ask("member");
                answerNextWithin(tried, "welcome");
                answer = tried;
            } catch (IOException notYet) {
                Thread.sleep(5);
            }
        }
        assertEquals("welcome", words(answer));
    }

    /** Answers the next request, or tells that its connection was dropped before. */
    private void answerNextWithin(CompletableFuture<ByteString> tried, String words)
            throws Exception {
        while (!tried.isDone()) {
            CompletableFuture<MessageLite> next = asked.poll(5, TimeUnit.MILLISECONDS);
            if (next != null) {
                next.complete(StringValue.of(words));
                return;
            }
        }
        throw failure(tried);
    }
}
