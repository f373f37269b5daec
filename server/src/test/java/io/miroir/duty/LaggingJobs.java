package io.miroir.duty;

import io.miroir.Intercepted;
import io.miroir.store.ReadLevel;
import io.miroir.store.TaskStore;
import io.miroir.store.job.JobRow;
import io.miroir.store.job.Jobs;
import java.util.Optional;

/** A store whose own table still has a job as it was; what the cluster has is newer. */
public final class LaggingJobs {
    private LaggingJobs() {}

    /** The same store otherwise. */
    public static TaskStore in(TaskStore store, JobRow older) {
        Jobs jobs =
                Intercepted.by(
                        Jobs.class,
                        (_, method, args) ->
                                method.getName().equals("get")
                                                && args[0] == ReadLevel.LOCAL
                                                && older.madeOf().id().equals(args[1])
                                        ? Optional.of(older)
                                        : Intercepted.passed(store.jobs(), method, args));
        return Intercepted.by(
                TaskStore.class,
                (_, method, args) ->
                        method.getName().equals("jobs")
                                ? jobs
                                : Intercepted.passed(store, method, args));
    }
}
