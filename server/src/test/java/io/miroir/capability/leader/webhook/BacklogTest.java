package io.miroir.capability.leader.webhook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.capability.leader.webhook.Backlog.Result;
import io.miroir.store.task.TaskRow;
import io.miroir.store.task.TaskStatus;
import io.miroir.store.task.TaskType;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What a webhook is told next, and how far it counts as told. */
class BacklogTest {
    private static final long NOW = 1_000_000_000_000L;

    private final Backlog backlog = new Backlog(NOW);

    @Test
    void theirOrderIsThatOfTheirEndsAndThePositionFollows() {
        List<TaskRow> ended = List.of(ended(7, NOW), ended(3, NOW + 5), ended(9, NOW + 8));
        assertEquals(List.of(7L, 3L, 9L), uids(backlog.due(ended, NOW + 9)));
        came(ended.get(0), Result.DELIVERED);
        came(ended.get(1), Result.DELIVERED);
        backlog.advance(ended);
        assertEquals(NOW + 5, backlog.position());
        // The next look begins at the position.
        List<TaskRow> rest = ended.subList(1, 3);
        assertEquals(List.of(9L), uids(backlog.due(rest, NOW + 9)));
        assertEquals(NOW + 8, backlog.oldestOpen(rest, NOW + 9));
    }

    /** Entries of the log may carry the same time: a task may end at the position itself. */
    @Test
    void aTaskThatEndsAtThePositionIsStillTold() {
        TaskRow first = ended(7, NOW);
        came(first, Result.DELIVERED);
        backlog.advance(List.of(first));
        assertEquals(NOW, backlog.position());
        TaskRow late = ended(3, NOW);
        assertEquals(List.of(3L), uids(backlog.due(List.of(late, first), NOW)));
        assertEquals(Backlog.WINDOW_MAX + 1, backlog.limit());
    }

    @Test
    void oneThatFailsIsTriedAgainLaterAndHoldsUpNoOther() {
        List<TaskRow> ended = List.of(ended(1, NOW), ended(2, NOW + 1));
        came(ended.get(0), Result.FAILED);
        came(ended.get(1), Result.DELIVERED);
        backlog.advance(ended);
        assertEquals(NOW, backlog.position());
        assertEquals(1, backlog.ahead());
        assertEquals(List.of(), uids(backlog.due(ended, NOW + Backlog.BACKOFF_MICROS_MIN - 1)));
        assertEquals(List.of(1L), uids(backlog.due(ended, NOW + Backlog.BACKOFF_MICROS_MIN)));
        came(ended.get(0), Result.DELIVERED);
        backlog.advance(ended);
        assertEquals(NOW + 1, backlog.position());
        assertEquals(0, backlog.ahead());
    }

    @Test
    void thePauseDoublesUpToItsLimit() {
        assertEquals(
                List.of(1L, 2L, 4L, 8L, 16L, 32L, 60L, 60L),
                LongStream.rangeClosed(1, 8)
                        .map(attempt -> Backlog.backoff((int) attempt) / 1_000_000)
                        .boxed()
                        .toList());
        assertEquals(Backlog.BACKOFF_MICROS_MAX, Backlog.backoff(1_000_000));
    }

    @Test
    void aReceiverThatRefusesOftenEnoughIsBelieved() {
        TaskRow task = ended(1, NOW);
        for (int refusal = 1; refusal < Backlog.REFUSALS_MAX; refusal++) {
            assertFalse(backlog.came(task, Result.REFUSED, NOW));
        }
        assertTrue(backlog.came(task, Result.REFUSED, NOW));
        backlog.advance(List.of(task));
        assertEquals(List.of(), uids(backlog.due(List.of(task), NOW + Backlog.AGE_MICROS_MAX)));
    }

    @Test
    void whatEndedTooLongAgoIsGivenUp() {
        List<TaskRow> ended = List.of(ended(1, NOW), ended(2, NOW + 2));
        assertEquals(0, backlog.expire(ended, NOW + Backlog.AGE_MICROS_MAX));
        assertEquals(1, backlog.expire(ended, NOW + Backlog.AGE_MICROS_MAX + 1));
        assertEquals(0, backlog.expire(ended, NOW + Backlog.AGE_MICROS_MAX + 1));
        assertEquals(List.of(2L), uids(backlog.due(ended, NOW + Backlog.AGE_MICROS_MAX + 1)));
    }

    @Test
    void noMoreAreUnderWayThanMayBe() {
        List<TaskRow> many = new ArrayList<>();
        for (int i = 0; i < Backlog.WINDOW_MAX; i++) {
            many.add(ended(i, NOW + i));
        }
        assertEquals(Backlog.AT_ONCE_MAX, backlog.due(many, NOW).size());
        // The first fails for long: those behind it are told as far as the window reaches.
        many.subList(1, many.size()).forEach(task -> came(task, Result.DELIVERED));
        backlog.advance(many);
        assertEquals(Backlog.WINDOW_MAX - 1, backlog.ahead());
        assertEquals(Backlog.WINDOW_MAX, backlog.limit());
    }

    @Test
    void aLeaderGoesOnWhereAnotherHasCome() {
        came(ended(1, NOW), Result.DELIVERED);
        backlog.moveTo(NOW + 10);
        assertEquals(NOW + 10, backlog.position());
        assertEquals(Backlog.WINDOW_MAX, backlog.limit());
        backlog.moveTo(NOW);
        assertEquals(NOW + 10, backlog.position());
    }

    @Test
    void someRefusalsOnlyMeanLater() {
        assertEquals(Result.DELIVERED, WebhookWorker.judged(204));
        assertEquals(Result.REFUSED, WebhookWorker.judged(410));
        for (int status : List.of(302, 408, 425, 429, 500, 503)) {
            assertEquals(Result.FAILED, WebhookWorker.judged(status));
        }
    }

    private void came(TaskRow task, Result result) {
        assertFalse(backlog.came(task, result, NOW));
    }

    private static List<Long> uids(List<TaskRow> tasks) {
        return tasks.stream().map(TaskRow::uid).toList();
    }

    private static TaskRow ended(long uid, long at) {
        return new TaskRow(
                uid,
                uid,
                null,
                TaskType.INDEX_CREATION,
                TaskStatus.SUCCEEDED,
                null,
                "{}",
                null,
                new TaskRow.Dates(at - 2, at - 1, at),
                null,
                List.of());
    }
}
