package io.miroir.capability.partitioned.repair;

import io.miroir.api.Json;
import io.miroir.fanout.copy.CopyEnd;
import io.miroir.fanout.copy.CopyJobs;
import io.miroir.store.ReadLevel;
import io.miroir.store.job.JobRow;
import io.miroir.store.job.JobState;
import io.miroir.store.job.Jobs;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What operators are told of the copies that bring replicas back. */
public final class RepairReport {
    /** Copies that are told of in each state. */
    static final int COPIES_MAX = 1_000;

    private RepairReport() {}

    /** Those under way, those that wait or rest, and those that ended lately. */
    public static ArrayNode of(Jobs jobs) {
        ArrayNode report = Json.array();
        for (JobState state :
                List.of(
                        JobState.IN_PROGRESS,
                        JobState.QUEUED,
                        JobState.FAILED,
                        JobState.COMPLETED)) {
            jobs.list(ReadLevel.LOCAL, state, Jobs.LIST_LIMIT_MAX).stream()
                    .filter(job -> job.madeOf().type().equals(CopyJobs.TYPE))
                    .limit(COPIES_MAX)
                    .forEach(job -> report.add(one(job)));
        }
        return report;
    }

    private static ObjectNode one(JobRow job) {
        ObjectNode one = Json.parseObject(job.madeOf().paramsJson());
        one.put("state", job.state().name().toLowerCase(Locale.ROOT));
        one.put("pod", job.claim() == null ? null : job.claim().podId());
        one.put("attempts", job.attempts());
        one.setAll(Json.parseObject(job.progressJson()));
        // Where it goes on is its own business.
        one.remove(RepairJob.CURSOR);
        CopyEnd.removeFrom(one);
        if (job.errorJson() != null) {
            one.put("error", Json.parseObject(job.errorJson()).path("message").asString(""));
        }
        return one;
    }
}
