package io.miroir.raft.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Readers share questions, and nobody is given the answer to one that was asked before he came. */
class RoundsTest {
    private static final long PATIENCE_SECONDS = 60;

    private final BlockingQueue<CompletableFuture<String>> asked = new LinkedBlockingQueue<>();
    private final Rounds<String> rounds =
            new Rounds<>(
                    () -> {
                        CompletableFuture<String> question = new CompletableFuture<>();
                        asked.add(question);
                        return question;
                    });

    @Test
    void whoComesWhileARoundIsUnderWaySharesTheNext() throws Exception {
        CompletableFuture<String> first = rounds.answer();
        CompletableFuture<String> second = rounds.answer();
        CompletableFuture<String> third = rounds.answer();
        assertNotSame(first, second);
        assertSame(second, third);
        assertEquals(1, asked.size(), "one at a time");

        asked.remove().complete("old");
        assertEquals("old", first.get());
        assertFalse(second.isDone(), "its question was asked before it came");
        asked.remove().complete("new");
        assertEquals("new", second.get());

        CompletableFuture<String> later = rounds.answer();
        asked.remove().complete("later");
        assertEquals("later", later.get());
        assertTrue(asked.isEmpty());
    }

    @Test
    void aRoundThatFailsFailsForItsOwnAlone() throws Exception {
        CompletableFuture<String> first = rounds.answer();
        CompletableFuture<String> second = rounds.answer();
        asked.remove().completeExceptionally(new IOException("gone"));
        ExecutionException gone = assertThrows(ExecutionException.class, first::get);
        assertTrue(gone.toString().endsWith("gone"), gone.toString());
        asked.remove().complete("there");
        assertEquals("there", second.get());
    }

    @Test
    void aQuestionThatCannotBeAskedFailsAndTheNextOneIs() throws Exception {
        List<Exception> obstacles =
                new ArrayList<>(List.of(new IOException("no way"), new IllegalStateException()));
        Rounds<String> some =
                new Rounds<>(
                        () -> {
                            if (!obstacles.isEmpty()) {
                                throw obstacles.removeFirst();
                            }
                            return CompletableFuture.completedFuture("asked");
                        });
        assertThrows(CompletionException.class, some.answer()::join);
        assertThrows(CompletionException.class, some.answer()::join);
        assertEquals("asked", some.answer().get());
    }

    @Test
    void amongManyEachIsAnsweredByWhatWasAskedAfterHeCame() throws Exception {
        AtomicLong time = new AtomicLong();
        try (ExecutorService answering = Executors.newFixedThreadPool(2);
                ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor()) {
            Rounds<Long> clock =
                    new Rounds<>(
                            () -> {
                                long now = time.incrementAndGet();
                                return CompletableFuture.supplyAsync(() -> now, answering);
                            });
            List<Future<?>> all = new ArrayList<>();
            for (int reader = 0; reader < 8; reader++) {
                all.add(readers.submit(() -> readOften(clock, time)));
            }
            for (Future<?> one : all) {
                one.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            }
        }
    }

    private static Void readOften(Rounds<Long> clock, AtomicLong time) throws Exception {
        for (int i = 0; i < 1_000; i++) {
            long came = time.incrementAndGet();
            long answer = clock.answer().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            assertTrue(answer > came, "asked at " + answer + " for one who came at " + came);
        }
        return null;
    }
}
