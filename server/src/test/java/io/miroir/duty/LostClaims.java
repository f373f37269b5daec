package io.miroir.duty;

import io.miroir.Intercepted;
import io.miroir.store.Refusal;
import io.miroir.store.StoreUnavailableException;
import io.miroir.store.TaskStore;
import io.miroir.store.job.Jobs;

/** A store that takes everything but claims of jobs: who begins one is lost before. */
public final class LostClaims {
    private LostClaims() {}

    /** The same store otherwise. */
    public static TaskStore in(TaskStore store) {
        Jobs jobs =
                Intercepted.by(
                        Jobs.class,
                        (_, method, args) -> {
                            if (method.getName().equals("claim")) {
                                throw new StoreUnavailableException(
                                        new Refusal.Unavailable("lost"));
                            }
                            return Intercepted.passed(store.jobs(), method, args);
                        });
        return Intercepted.by(
                TaskStore.class,
                (_, method, args) ->
                        method.getName().equals("jobs")
                                ? jobs
                                : Intercepted.passed(store, method, args));
    }
}
