package io.miroir.fanout.lane;

import io.miroir.store.task.TaskStatus;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Histogram;

/** How the tasks of this pod's lanes end, and after which time. */
public final class TaskMetrics {
    private static final double NANOS_PER_SECOND = 1e9;

    private final Counter ended;
    private final Histogram ages;

    /** Registers the metrics. */
    public TaskMetrics(CollectorRegistry registry) {
        this.ended =
                Counter.build("miroir_tasks_total", "Tasks that ended.")
                        .labelNames("status")
                        .register(registry);
        this.ages =
                Histogram.build(
                                "miroir_task_processing_age_seconds",
                                "Time from a task's bind to its end on all nodes.")
                        .buckets(.01, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300, 1800)
                        .register(registry);
    }

    void ended(TaskStatus status, long followedNanos) {
        ended.labels(status.wireName()).inc();
        ages.observe(followedNanos / NANOS_PER_SECOND);
    }
}
