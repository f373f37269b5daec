package io.miroir.store.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.proto.store.Command;
import io.miroir.proto.store.DeleteAlias;
import io.miroir.proto.store.Outcome;
import io.miroir.store.Refusal;
import io.miroir.store.Reply;
import io.miroir.store.format.CommandFormats;
import io.prometheus.client.CollectorRegistry;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The queue before the store. */
class BatcherTest {
    private static final String[] REASON = {"reason"};
    private static final String[] BUSY = {"busy"};
    private static final CommandCheck ANY =
            new CommandCheck(CommandFormats.OF_THIS_PROGRAM, () -> CommandFormats.FIRST);

    private static final Command COMMAND =
            Command.newBuilder().setDeleteAlias(DeleteAlias.newBuilder().setName("a")).build();

    @Test
    void anAnswerThatDoesNotFitIsIndeterminateAndTheNextOneIsHeard() {
        // The thread that sends outlives whatever it is answered: without it no pod writes again.
        Deque<Batcher.Result> answers = new ArrayDeque<>();
        answers.add(new Batcher.Result.Done(1, List.of()));
        answers.add(new Batcher.Result.Done(2, List.of(Outcomes.DONE)));
        Batcher.Limits limits = new Batcher.Limits(8, 8, 1 << 10, 5_000);
        StoreMetrics metrics = new StoreMetrics(new CollectorRegistry());
        try (Batcher batcher =
                new Batcher("test", limits, ANY, (_, _) -> answers.removeFirst(), metrics)) {
            batcher.start();
            Reply.Refused<?> refused =
                    assertInstanceOf(Reply.Refused.class, batcher.propose(COMMAND));
            assertInstanceOf(Refusal.Indeterminate.class, refused.refusal());
            assertEquals(new Reply.Applied<>(2, Outcomes.DONE), batcher.propose(COMMAND));
        }
    }

    @Test
    void aLoneCommandIsSentByItsCallerAndThoseWhoComeMeanwhileArePacked() throws Exception {
        // Two switches of threads less for whoever is alone; packs for those who are not.
        CountDownLatch firstUnderWay = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        List<Integer> packs = new CopyOnWriteArrayList<>();
        List<Thread> senders = new CopyOnWriteArrayList<>();
        Batcher.Limits limits = new Batcher.Limits(8, 8, 1 << 10, 20_000);
        StoreMetrics metrics = new StoreMetrics(new CollectorRegistry());
        Batcher.Sink sink =
                (commands, _) -> {
                    packs.add(commands.size());
                    senders.add(Thread.currentThread());
                    firstUnderWay.countDown();
                    awaitUninterruptibly(goOn);
                    return new Batcher.Result.Done(
                            packs.size(), commands.stream().map(_ -> Outcomes.DONE).toList());
                };
        try (Batcher batcher = new Batcher("test", limits, ANY, sink, metrics)) {
            batcher.start();
            Thread alone = Thread.ofPlatform().start(() -> batcher.propose(COMMAND));
            firstUnderWay.await();
            List<Thread> others = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                others.add(Thread.ofVirtual().start(() -> batcher.propose(COMMAND)));
            }
            for (Thread other : others) {
                while (other.getState() != Thread.State.TIMED_WAITING) {
                    Thread.onSpinWait();
                }
            }
            goOn.countDown();
            alone.join();
            for (Thread other : others) {
                other.join();
            }
            assertEquals(List.of(1, 5), packs);
            assertEquals(alone, senders.getFirst());
        }
    }

    @Test
    void whatExceedsTheQueueIsRefusedAsBusyAndNothingOfItIsDone() throws Exception {
        // One is under way, two wait: a further one is told at once.
        CountDownLatch underWay = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        List<Integer> packs = new CopyOnWriteArrayList<>();
        Batcher.Limits limits = new Batcher.Limits(2, 8, 1 << 10, 20_000);
        Batcher.Sink sink =
                (commands, _) -> {
                    packs.add(commands.size());
                    underWay.countDown();
                    awaitUninterruptibly(goOn);
                    return new Batcher.Result.Done(
                            packs.size(), commands.stream().map(_ -> Outcomes.DONE).toList());
                };
        CollectorRegistry registry = new CollectorRegistry();
        try (Batcher batcher = new Batcher("test", limits, ANY, sink, new StoreMetrics(registry))) {
            batcher.start();
            List<Reply<Outcome>> replies = new CopyOnWriteArrayList<>();
            List<Thread> callers = new ArrayList<>();
            callers.add(Thread.ofPlatform().start(() -> replies.add(batcher.propose(COMMAND))));
            underWay.await();
            while (replies.isEmpty()) {
                Thread caller =
                        Thread.ofPlatform().start(() -> replies.add(batcher.propose(COMMAND)));
                callers.add(caller);
                while (caller.getState() != Thread.State.TIMED_WAITING && caller.isAlive()) {
                    Thread.onSpinWait();
                }
            }
            assertTrue(callers.size() <= 4, callers.size() + " were let in");
            assertEquals(new Reply.Refused<>(new Refusal.Busy(2, 2)), replies.getFirst());
            assertEquals(
                    1, registry.getSampleValue("miroir_task_store_refusals_total", REASON, BUSY));
            goOn.countDown();
            for (Thread caller : callers) {
                caller.join();
            }
            assertEquals(
                    callers.size() - 1, packs.stream().mapToInt(Integer::intValue).sum(), "done");
        }
    }

    @Test
    void whereRoundsAreLongAndCoresIdleTheNextPackDoesNotWaitForTheLast() throws Exception {
        CountDownLatch firstUnderWay = new CountDownLatch(1);
        CountDownLatch secondUnderWay = new CountDownLatch(1);
        AtomicInteger packs = new AtomicInteger();
        Batcher.Sink sink =
                (commands, _) -> {
                    switch (packs.incrementAndGet()) {
                        // So far away is the leader.
                        case 1 -> LockSupport.parkNanos(20_000_000);
                        case 2 -> {
                            firstUnderWay.countDown();
                            awaitUninterruptibly(secondUnderWay);
                        }
                        default -> secondUnderWay.countDown();
                    }
                    return new Batcher.Result.Done(
                            1, commands.stream().map(_ -> Outcomes.DONE).toList());
                };
        Batcher.Limits limits = new Batcher.Limits(8, 8, 1 << 10, 20_000);
        StoreMetrics metrics = new StoreMetrics(new CollectorRegistry());
        try (Batcher batcher =
                Batcher.overlapping("test", limits, ANY, List.of(sink, sink), () -> 0, metrics)) {
            batcher.start();
            assertInstanceOf(Reply.Applied.class, batcher.propose(COMMAND));
            Thread first = Thread.ofPlatform().start(() -> batcher.propose(COMMAND));
            firstUnderWay.await();
            assertInstanceOf(Reply.Applied.class, batcher.propose(COMMAND));
            first.join();
        }
    }

    @Test
    void nobodyIsForgotten() throws Exception {
        // A command that nobody is woken for would wait for its deadline.
        SplittableRandom random = new SplittableRandom(17);
        for (int round = 0; round < 60; round++) {
            List<AtomicInteger> underWay =
                    Stream.generate(AtomicInteger::new).limit(1 + random.nextInt(4)).toList();
            int pauseNanos = random.nextInt(3_000_000);
            List<Batcher.Sink> sinks =
                    underWay.stream()
                            .<Batcher.Sink>map(
                                    mine ->
                                            (commands, _) -> {
                                                assertEquals(1, mine.incrementAndGet());
                                                LockSupport.parkNanos(pauseNanos);
                                                mine.decrementAndGet();
                                                return new Batcher.Result.Done(
                                                        1,
                                                        commands.stream()
                                                                .map(_ -> Outcomes.DONE)
                                                                .toList());
                                            })
                            .toList();
            Batcher.Limits limits = new Batcher.Limits(64, 1 + random.nextInt(8), 1 << 10, 20_000);
            List<Reply<Outcome>> replies = new CopyOnWriteArrayList<>();
            double load = random.nextDouble();
            try (Batcher batcher =
                    Batcher.overlapping(
                            "test",
                            limits,
                            ANY,
                            sinks,
                            () -> load,
                            new StoreMetrics(new CollectorRegistry()))) {
                batcher.start();
                List<Thread> callers = new ArrayList<>();
                for (int i = random.nextInt(40); i >= 0; i--) {
                    callers.add(
                            Thread.ofVirtual()
                                    .start(
                                            () -> {
                                                for (int k = 0; k < 10; k++) {
                                                    replies.add(batcher.propose(COMMAND));
                                                }
                                            }));
                }
                for (Thread caller : callers) {
                    caller.join();
                }
                assertEquals(callers.size() * 10, replies.size());
            }
            for (Reply<Outcome> reply : replies) {
                assertEquals(new Reply.Applied<>(1, Outcomes.DONE), reply);
            }
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
