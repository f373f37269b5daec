package io.miroir.duty;

import io.miroir.store.Rooms;
import java.time.Duration;

/**
 * Mode B: work that only the leader does. Its commands go through rooms that are fenced by the
 * term: what a deposed leader still sends is refused by every pod alike, so no clock decides.
 */
public interface LeaderDuty {
    /** For logs and thread names. */
    String name();

    /** Between the end of a step and the next; asked after each. */
    Duration pause();

    /**
     * Does what is due.
     *
     * @param fenced rooms whose commands take effect only while this pod leads
     */
    void step(Rooms fenced);

    /** This pod leads no longer: what it told of its work is told by another one. */
    default void deposed() {}
}
