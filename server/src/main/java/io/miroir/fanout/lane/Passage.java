package io.miroir.fanout.lane;

import io.miroir.store.ReadLevel;
import java.time.Duration;

/** A change's wait for the barrier that is before it in its lane (protocol, rule 7). */
final class Passage {
    private static final Duration PAUSE = Duration.ofMillis(20);

    private final String lane;
    private final LaneContext context;
    private final long giveUpNanos;

    /** Gives up as late as a change whose turn does not come. */
    Passage(String lane, LaneContext context) {
        this.lane = lane;
        this.context = context;
        this.giveUpNanos = System.nanoTime() + context.settings().turnTimeout().toNanos();
    }

    /** Waits until this pod sees no barrier in the lane. */
    void await() throws InterruptedException {
        do {
            if (System.nanoTime() - giveUpNanos > 0) {
                throw LaneErrors.overloaded(
                        "A swap or rename of index `" + lane + "` waits for what came before it.");
            }
            Thread.sleep(PAUSE);
        } while (context.store().lanes().barred(ReadLevel.LOCAL, lane));
    }
}
