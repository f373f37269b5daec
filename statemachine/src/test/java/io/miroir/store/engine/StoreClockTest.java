package io.miroir.store.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Store time on one pod (protocol rule 19). */
class StoreClockTest {
    private final AtomicLong nanos = new AtomicLong();

    @Test
    void timeThatTheTablesKnowIsNotBehind() {
        // A pod whose wall clock is a day late installs a file or replays its log, then leads: its
        // stamps go on from what the tables hold, not from its wall clock.
        StoreClock clock = new StoreClock(1_000, nanos::get);
        clock.notBefore(90_000);
        nanos.addAndGet(5_000);
        assertEquals(90_005, clock.nowMicros());
        clock.notBefore(80_000);
        assertEquals(90_005, clock.nowMicros(), "an older entry does not take time back");
    }
}
