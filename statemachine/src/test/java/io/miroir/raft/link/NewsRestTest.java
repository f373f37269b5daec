package io.miroir.raft.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** How long what nobody waits for is not told. */
class NewsRestTest {
    private static final long MAX = NewsRest.NANOS_MAX;
    private static final long HEARTBEAT = 100 * MAX;

    /** Where the clock of a JVM may stand: before and after its overflow. */
    private static final long START = Long.valueOf(Long.MAX_VALUE - MAX / 2);

    private final NewsRest news = new NewsRest();

    @Test
    void itRestsFromTheFirstThatIsNotTold() {
        assertFalse(news.isOver(START + HEARTBEAT), "there is nothing");
        news.begin(START);
        assertFalse(news.isOver(START + 1));
        news.begin(START + MAX - 1);
        assertFalse(news.isOver(START + MAX - 1));
        assertTrue(news.isOver(START + MAX), "though more came meanwhile");
    }

    @Test
    void whatWasToldOtherwiseRestsNoMore() {
        news.begin(START);
        news.end();
        assertFalse(news.rests());
        news.begin(START + MAX);
        assertFalse(news.isOver(START + MAX + 1), "the next has a rest of its own");
    }

    @Test
    void itsThreadLooksWhenTheRestIsOver() {
        news.begin(START);
        assertEquals(MAX - 5, news.look(START + 5, HEARTBEAT));
        assertTrue(news.isLookedAt());
        assertEquals(1, news.look(START + 2 * MAX, HEARTBEAT), "late, it looks at once");
        assertEquals(7, news.look(START + 5, 7), "a heartbeat may be due before");
    }

    @Test
    void aThreadThatSleepsUntilTheNextHeartbeatIsWoken() {
        news.look(START, HEARTBEAT);
        news.begin(START + 1);
        assertFalse(news.isLookedAt());
    }

    @Test
    void afterNewsItLooksForMoreForAWhileSoThatNoneWakesIt() {
        news.begin(START);
        news.end();
        assertEquals(MAX, news.look(START + MAX, HEARTBEAT));
        news.begin(START + MAX + 1);
        assertTrue(news.isLookedAt());
        news.end();
        assertEquals(HEARTBEAT, news.look(START + 100 * MAX, HEARTBEAT), "in the end it sleeps");
    }
}
