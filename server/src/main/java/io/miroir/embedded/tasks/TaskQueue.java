package io.miroir.embedded.tasks;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.tasks.TaskStatus;
import io.miroir.api.tasks.TaskType;
import io.miroir.api.tasks.TaskView;
import io.miroir.embedded.store.NodeState;
import io.miroir.embedded.store.TaskRow;
import io.miroir.embedded.store.Work;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Accepts tasks: what it returned survives a crash. */
public final class TaskQueue {
    /** More waiting tasks are refused. */
    private static final int WAITING_MAX = 100_000;

    private final NodeState state;
    private final InstantSource clock;
    private final Runnable wakeUp;

    /**
     * A queue.
     *
     * @param wakeUp told after each accepted task
     */
    public TaskQueue(NodeState state, InstantSource clock, Runnable wakeUp) {
        this.state = state;
        this.clock = clock;
        this.wakeUp = wakeUp;
    }

    /** What a task is about, before it has a number. */
    public record Draft(
            TaskType type,
            List<String> indexUids,
            @Nullable String customMetadata,
            @Nullable ObjectNode details,
            Work work) {
        public Draft {
            indexUids = List.copyOf(indexUids);
        }
    }

    /** Accepts a task. */
    public TaskView enqueue(Draft draft) {
        if (state.waiting().size() >= WAITING_MAX) {
            throw new ApiException(
                    ErrorCode.NO_SPACE_LEFT_ON_DEVICE,
                    "The node cannot receive write operations because "
                            + WAITING_MAX
                            + " tasks"
                            + " are waiting. Please retry later.");
        }
        TaskRow row =
                state.enqueue(
                        uid ->
                                new TaskRow(
                                        new TaskView(
                                                new TaskView.Ids(uid, null, null),
                                                new TaskView.Subject(
                                                        draft.type,
                                                        draft.indexUids,
                                                        draft.customMetadata),
                                                TaskStatus.ENQUEUED,
                                                new TaskView.Times(
                                                        clock.instant()
                                                                .truncatedTo(ChronoUnit.MICROS),
                                                        null,
                                                        null),
                                                draft.details,
                                                null),
                                        draft.work));
        wakeUp.run();
        return row.view();
    }
}
