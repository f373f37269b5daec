package io.miroir.cluster.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.stub.ServerCallStreamObserver;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** Whoever takes nothing is sent nothing: what waits for it must not pile up in gRPC. */
class PacedCallTest {
    private final FakeCall call = new FakeCall();
    private final PacedCall<String> paced = new PacedCall<>(call);

    /** A call whose other side takes what the test says. */
    private static final class FakeCall extends ServerCallStreamObserver<String> {
        private final List<String> sent = new CopyOnWriteArrayList<>();
        private Runnable onReady = () -> {};
        private Runnable onCancel = () -> {};
        private volatile boolean ready;
        private volatile boolean cancelled;

        void takesMore(boolean more) {
            ready = more;
            onReady.run();
        }

        void hangsUp() {
            cancelled = true;
            onCancel.run();
        }

        @Override
        public boolean isCancelled() {
            return cancelled;
        }

        @Override
        public void setOnCancelHandler(Runnable handler) {
            onCancel = handler;
        }

        @Override
        public void setCompression(String compression) {}

        @Override
        public boolean isReady() {
            return ready;
        }

        @Override
        public void setOnReadyHandler(Runnable handler) {
            onReady = handler;
        }

        @Override
        public void disableAutoInboundFlowControl() {}

        @Override
        public void request(int count) {}

        @Override
        public void setMessageCompression(boolean enable) {}

        @Override
        public void onNext(String message) {
            sent.add(message);
        }

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onCompleted() {}
    }

    private static void awaitWaiting(Thread thread) {
        while (thread.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
    }

    @Test
    void aMessageWaitsUntilTheOtherSideTakesIt() throws Exception {
        CompletableFuture<Boolean> sent = new CompletableFuture<>();
        Thread sender = Thread.ofPlatform().start(() -> sent.complete(paced.send("a")));
        awaitWaiting(sender);
        assertEquals(List.of(), call.sent);
        call.takesMore(true);
        assertTrue(sent.get());
        assertEquals(List.of("a"), call.sent);
    }

    @Test
    void whoWaitsForSomeoneThatHangsUpIsTold() throws Exception {
        CompletableFuture<Boolean> sent = new CompletableFuture<>();
        awaitWaiting(Thread.ofPlatform().start(() -> sent.complete(paced.send("a"))));
        call.hangsUp();
        assertFalse(sent.get());
        paced.awaitGone();
        assertFalse(paced.send("b"));
        assertEquals(List.of(), call.sent);
    }
}
