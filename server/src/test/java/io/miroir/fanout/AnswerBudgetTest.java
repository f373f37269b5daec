package io.miroir.fanout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.prometheus.client.CollectorRegistry;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Answers of nodes are bounded together: a hundred bytes here. */
class AnswerBudgetTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    private final CollectorRegistry registry = new CollectorRegistry();

    private AnswerBudget budget(Duration patience) {
        return new AnswerBudget(100, patience, registry);
    }

    private double metric(String name) {
        return Objects.requireNonNull(registry.getSampleValue("miroir_node_answer_" + name));
    }

    @Test
    void whatIsTakenIsGivenBack() throws Exception {
        AnswerBudget budget = budget(Duration.ZERO);
        try (AnswerBudget.Share share = budget.open()) {
            assertTrue(share.take(60));
            assertTrue(share.take(40));
            assertFalse(share.take(1), "all is taken");
            assertEquals(100, metric("bytes"));
        }
        assertEquals(0, metric("bytes"));
        assertEquals(1, metric("refusals_total"));
    }

    /** Until nodes have answered; what there is never room for need not be sent again. */
    @Test
    void whatIsSentCountsToo() throws Exception {
        AnswerBudget budget = budget(Duration.ZERO);
        AnswerBudget.Share share = budget.open();
        try (AnswerBudget.Share _ = share.sending(60)) {
            assertEquals(60, metric("bytes"));
            ApiException refused = assertThrows(ApiException.class, () -> share.sending(41));
            assertEquals(ErrorCode.MIROIR_OVERLOADED, refused.code());
        }
        assertEquals(0, metric("bytes"));
        share.sending(41);
        ApiException tooLarge = assertThrows(ApiException.class, () -> share.sending(101));
        assertEquals(ErrorCode.PAYLOAD_TOO_LARGE, tooLarge.code());
        share.close();
        assertEquals(0, metric("bytes"));
    }

    /** Who holds something never waits, or two that hold would wait for each other. */
    @Test
    void readsThatHaveBegunUseTheOtherHalf() throws Exception {
        AnswerBudget budget = budget(Duration.ZERO);
        AnswerBudget.Share one = budget.open();
        AnswerBudget.Share other = budget.open();
        assertTrue(one.take(51));
        ApiException refused = assertThrows(ApiException.class, budget::open);
        assertEquals(ErrorCode.MIROIR_OVERLOADED, refused.code());
        assertTrue(other.take(49));
        one.close();
        assertTrue(budget.open().take(51));
    }

    @Test
    void aReadWaitsUntilOthersAreDone() throws Exception {
        AnswerBudget budget = budget(LONG);
        AnswerBudget.Share first = budget.open();
        assertTrue(first.take(80));
        CompletableFuture<AnswerBudget.Share> second = new CompletableFuture<>();
        Thread waiting =
                Thread.ofVirtual()
                        .start(
                                () -> {
                                    try {
                                        second.complete(budget.open());
                                    } catch (InterruptedException stopped) {
                                        second.completeExceptionally(stopped);
                                    }
                                });
        while (metric("waits_total") == 0) {
            Thread.onSpinWait();
        }
        assertFalse(second.isDone());
        first.close();
        assertTrue(second.get().take(100));
        waiting.join();
    }

    /** A way through the nodes that is begun anew gives back what it had. */
    @Test
    void aPartIsGivenBackBeforeTheWhole() throws Exception {
        AnswerBudget budget = budget(Duration.ZERO);
        AnswerBudget.Share whole = budget.open();
        AnswerBudget.Share part = whole.part();
        assertTrue(part.take(70));
        part.close();
        part.close();
        assertEquals(0, metric("bytes"));
        AnswerBudget.Share kept = whole.part().part();
        assertTrue(kept.take(70));
        whole.close();
        assertEquals(0, metric("bytes"));
    }

    /** An answer that still comes in for a read that has ended is nobody's. */
    @Test
    void afterItsEndNothingIsTaken() throws Exception {
        AnswerBudget budget = budget(Duration.ZERO);
        AnswerBudget.Share whole = budget.open();
        AnswerBudget.Share part = whole.part();
        whole.close();
        assertFalse(part.take(1));
        assertFalse(whole.part().take(1));
        assertEquals(0, metric("bytes"));
    }
}
