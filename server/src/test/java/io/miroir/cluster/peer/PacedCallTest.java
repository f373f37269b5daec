package io.miroir.cluster.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Whoever takes nothing is sent nothing: what waits for it must not pile up in gRPC. */
class PacedCallTest {
    private final FakeCall<String> call = new FakeCall<>();
    private final PacedCall<String> paced = new PacedCall<>(call);

    private static void awaitWaiting(Thread thread) {
        while (thread.getState() != Thread.State.WAITING) {
            assertTrue(thread.isAlive(), "it waited for nobody");
            Thread.onSpinWait();
        }
    }

    @Test
    void aMessageWaitsUntilTheOtherSideTakesIt() throws Exception {
        CompletableFuture<Boolean> sent = new CompletableFuture<>();
        Thread sender = Thread.ofPlatform().start(() -> sent.complete(paced.send("a")));
        awaitWaiting(sender);
        assertEquals(List.of(), call.sent());
        call.takesMore(true);
        assertTrue(sent.get());
        assertEquals(List.of("a"), call.sent());
    }

    @Test
    void whoWaitsForSomeoneThatHangsUpIsTold() throws Exception {
        CompletableFuture<Boolean> sent = new CompletableFuture<>();
        awaitWaiting(Thread.ofPlatform().start(() -> sent.complete(paced.send("a"))));
        call.hangsUp();
        assertFalse(sent.get());
        paced.awaitGone();
        assertFalse(paced.send("b"));
        assertEquals(List.of(), call.sent());
    }
}
