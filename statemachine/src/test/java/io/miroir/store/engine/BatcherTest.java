package io.miroir.store.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.miroir.proto.store.Command;
import io.miroir.proto.store.DeleteAlias;
import io.miroir.store.Refusal;
import io.miroir.store.Reply;
import io.prometheus.client.CollectorRegistry;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The queue before the store. */
class BatcherTest {
    @Test
    void anAnswerThatDoesNotFitIsIndeterminateAndTheNextOneIsHeard() {
        // The thread that sends outlives whatever it is answered: without it no pod writes again.
        Deque<Batcher.Result> answers = new ArrayDeque<>();
        answers.add(new Batcher.Result.Done(1, List.of()));
        answers.add(new Batcher.Result.Done(2, List.of(Outcomes.DONE)));
        Batcher.Limits limits = new Batcher.Limits(8, 8, 1 << 10, 5_000);
        StoreMetrics metrics = new StoreMetrics(new CollectorRegistry());
        try (Batcher batcher =
                new Batcher("test", limits, (_, _) -> answers.removeFirst(), metrics)) {
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
}
