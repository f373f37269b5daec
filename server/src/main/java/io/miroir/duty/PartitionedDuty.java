package io.miroir.duty;

import java.time.Duration;
import java.util.function.Predicate;

/**
 * Mode A: work that all pods do, each for the ids that rendezvous gives it. Two pods may do the
 * same id's work for a moment while a pod comes or goes, so a step must bear being done twice.
 */
public interface PartitionedDuty {
    /** For logs and thread names. */
    String name();

    /** Between the end of a step and the next. */
    Duration pause();

    /**
     * Does what is due.
     *
     * @param owned whether this pod is to do an id's work
     */
    void step(Predicate<String> owned);

    /** Ends what goes on beyond its steps; none follows. */
    default void stop() {}
}
