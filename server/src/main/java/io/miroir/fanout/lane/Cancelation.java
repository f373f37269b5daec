package io.miroir.fanout.lane;

import io.miroir.api.Json;
import io.miroir.store.ReadLevel;
import io.miroir.store.task.TaskQuery;
import io.miroir.store.task.TaskQuery.DateBounds;
import io.miroir.store.task.TaskRow;
import io.miroir.store.task.TaskStatus;
import io.miroir.store.task.TaskType;
import io.miroir.store.task.Tasks;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Which tasks a cancelation is asked to cancel. It stands in the cancelation's own task, beside
 * what clients see: whichever pod ends one of them finds there by whom it was cancelled.
 */
public final class Cancelation {
    /** Tasks that one cancelation may be asked for; of more, the oldest. */
    public static final int TASKS_MAX = 5_000;

    /** Cancelations among which a task's is looked for: the latest. */
    private static final int LOOKED_AT_MAX = 1_000;

    private static final String CANCELS = "cancels";

    private Cancelation() {}

    /** The details of a cancelation that is still to be carried out. */
    public static ObjectNode details(ObjectNode visible, List<Long> uids) {
        ObjectNode details = visible.deepCopy();
        ArrayNode cancels = details.withObject(Details.INNER).putArray(CANCELS);
        uids.forEach(cancels::add);
        return details;
    }

    /** The uids of the tasks that it is asked for. */
    static List<Long> uids(TaskRow cancelation) {
        List<Long> uids = new ArrayList<>();
        Json.parseObject(cancelation.detailsJson())
                .path(Details.INNER)
                .path(CANCELS)
                .forEach(uid -> uids.add(uid.asLong()));
        return uids;
    }

    /** The details at its end; what it was asked for stays known. */
    static String ended(TaskRow cancelation, long canceled) {
        ObjectNode details = Json.parseObject(cancelation.detailsJson());
        return Json.text(details.put("canceledTasks", canceled));
    }

    /**
     * As many as are looked at.
     *
     * @param statuses null for any
     */
    private static TaskQuery cancelations(@Nullable Set<TaskStatus> statuses, boolean oldestFirst) {
        return new TaskQuery(
                null,
                null,
                statuses,
                Set.of(TaskType.TASK_CANCELATION),
                null,
                null,
                DateBounds.OPEN,
                DateBounds.OPEN,
                DateBounds.OPEN,
                null,
                LOOKED_AT_MAX,
                oldestFirst);
    }

    /** For each task that a cancelation asks for which has not ended, the oldest of these. */
    static Map<Long, Long> open(Tasks tasks) {
        TaskQuery open = cancelations(Set.of(TaskStatus.ENQUEUED, TaskStatus.PROCESSING), true);
        Map<Long, Long> asking = new HashMap<>();
        for (TaskRow cancelation : tasks.list(ReadLevel.LOCAL, open).tasks()) {
            uids(cancelation).forEach(uid -> asking.putIfAbsent(uid, cancelation.uid()));
        }
        return asking;
    }

    /**
     * For each task that was asked to be cancelled the uid of the cancelation: the oldest of those
     * that are not done, else the latest. One that is done may not have waited for a node that
     * dropped the task late.
     */
    static Map<Long, Long> asking(Tasks tasks) {
        TaskQuery latest = cancelations(null, false);
        Map<Long, Long> asking = new HashMap<>();
        // Another pod may have been asked a moment ago.
        for (TaskRow cancelation : tasks.list(ReadLevel.LINEARIZABLE, latest).tasks()) {
            for (long uid : uids(cancelation)) {
                if (cancelation.status().terminal()) {
                    asking.putIfAbsent(uid, cancelation.uid());
                } else {
                    asking.put(uid, cancelation.uid());
                }
            }
        }
        return asking;
    }
}
