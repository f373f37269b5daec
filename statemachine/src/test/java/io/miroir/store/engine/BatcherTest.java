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
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** The queue before the store. */
class BatcherTest {
    private static final String[] REASON = {"reason"};
    private static final String[] BUSY = {"busy"};
    private static final CommandCheck ANY =
            new CommandCheck(CommandFormats.OF_THIS_PROGRAM, () -> CommandFormats.FIRST);

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
            Command command =
                    Command.newBuilder()
                            .setDeleteAlias(DeleteAlias.newBuilder().setName("a"))
                            .build();
            Reply.Refused<?> refused =
                    assertInstanceOf(Reply.Refused.class, batcher.propose(command));
            assertInstanceOf(Refusal.Indeterminate.class, refused.refusal());
            assertEquals(new Reply.Applied<>(2, Outcomes.DONE), batcher.propose(command));
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
        Command command =
                Command.newBuilder().setDeleteAlias(DeleteAlias.newBuilder().setName("a")).build();
        try (Batcher batcher = new Batcher("test", limits, ANY, sink, metrics)) {
            batcher.start();
            Thread alone = Thread.ofPlatform().start(() -> batcher.propose(command));
            firstUnderWay.await();
            List<Thread> others = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                others.add(Thread.ofVirtual().start(() -> batcher.propose(command)));
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
        // One is under way, one in the packer's hand, two wait: a further one is told at once.
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
        Command command =
                Command.newBuilder().setDeleteAlias(DeleteAlias.newBuilder().setName("a")).build();
        CollectorRegistry registry = new CollectorRegistry();
        try (Batcher batcher = new Batcher("test", limits, ANY, sink, new StoreMetrics(registry))) {
            batcher.start();
            List<Reply<Outcome>> replies = new CopyOnWriteArrayList<>();
            List<Thread> callers = new ArrayList<>();
            callers.add(Thread.ofPlatform().start(() -> replies.add(batcher.propose(command))));
            underWay.await();
            while (replies.isEmpty()) {
                Thread caller =
                        Thread.ofPlatform().start(() -> replies.add(batcher.propose(command)));
                callers.add(caller);
                while (caller.getState() != Thread.State.TIMED_WAITING && caller.isAlive()) {
                    Thread.onSpinWait();
                }
            }
            assertTrue(callers.size() <= 5, callers.size() + " were let in");
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

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
