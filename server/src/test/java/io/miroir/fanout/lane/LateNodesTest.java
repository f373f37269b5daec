package io.miroir.fanout.lane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A node that is late again and again is left alone for longer each time, up to a bound. */
class LateNodesTest {
    private static final Duration FIRST = Duration.ofSeconds(30);

    private long nanos;
    private final LateNodes late = new LateNodes(FIRST, () -> nanos);

    private void goesBy(Duration time) {
        nanos += time.toNanos();
    }

    private void assertRests(Duration time) {
        goesBy(time.minusNanos(1));
        assertFalse(late.mayFeed("a"));
        assertEquals(1, late.resting());
        goesBy(Duration.ofNanos(1));
        assertTrue(late.mayFeed("a"));
        assertEquals(0, late.resting());
    }

    @Test
    void eachTimeTwiceAsLong() {
        assertTrue(late.mayFeed("a"));
        Duration rest = FIRST;
        while (rest.compareTo(LateNodes.REST_MAX) < 0) {
            late.late("a");
            assertRests(rest);
            rest = rest.multipliedBy(2);
        }
        late.late("a");
        assertRests(LateNodes.REST_MAX);
        assertTrue(late.mayFeed("b"));
    }

    @Test
    void writesThatWereUnderWayTogetherCountOnce() {
        late.late("a");
        late.late("a");
        goesBy(FIRST.dividedBy(2));
        late.late("a");
        assertRests(FIRST);
    }

    @Test
    void whatIsLongAgoIsForgotten() {
        late.late("a");
        goesBy(FIRST.plus(LateNodes.REST_MAX).plusNanos(1));
        late.late("a");
        assertRests(FIRST);
    }
}
