package io.miroir.store.canary;

import io.miroir.store.ReadLevel;
import io.miroir.store.Reply;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The last runs of each canary; older ones go as new ones come, as many as the limits' {@code
 * canaryRunsMax} stay. A canary's runs go with it. So there are at most {@code Canaries.ROWS_MAX}
 * times as many.
 */
public interface CanaryRuns {

    /**
     * Records a run; the store stamps when.
     *
     * @param failedAssertionsJson null if it passed
     */
    Reply<Recording> record(
            String canaryId,
            CanaryRunStatus status,
            int latencyMillis,
            @Nullable String failedAssertionsJson);

    /**
     * A canary's runs, newest first.
     *
     * @param limit 1 to {@link #LIST_LIMIT_MAX}
     */
    List<CanaryRunRow> of(ReadLevel level, String canaryId, int limit);

    int LIST_LIMIT_MAX = 10_000;

    /** What came of a {@link #record}. */
    sealed interface Recording {
        record Recorded(long ranAt) implements Recording {}

        record NoSuchCanary() implements Recording {}
    }
}
