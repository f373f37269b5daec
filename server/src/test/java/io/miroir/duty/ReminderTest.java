package io.miroir.duty;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.miroir.duty.Reminder.Telling;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A trouble that each step meets is told once a minute, however it comes and goes. */
class ReminderTest {
    private final Reminder reminder = new Reminder();
    private long nowMicros;

    private void assertTold(Telling wanted, boolean trouble, int afterSeconds) {
        nowMicros += TimeUnit.SECONDS.toMicros(afterSeconds);
        assertEquals(wanted, reminder.met(trouble, nowMicros));
    }

    @Test
    void whatLastsIsToldEachMinuteAndItsEndOnce() {
        assertTold(Telling.NOTHING, false, 0);
        assertTold(Telling.TROUBLE, true, 1);
        assertTold(Telling.NOTHING, true, 1);
        assertTold(Telling.NOTHING, true, 58);
        assertTold(Telling.TROUBLE, true, 1);
        assertTold(Telling.OVER, false, 1);
        assertTold(Telling.NOTHING, false, 1);
    }

    @Test
    void whatComesAndGoesIsToldNoMoreOften() {
        assertTold(Telling.TROUBLE, true, 0);
        assertTold(Telling.OVER, false, 1);
        for (int i = 0; i < 29; i++) {
            assertTold(Telling.NOTHING, true, 1);
            assertTold(Telling.NOTHING, false, 1);
        }
        assertTold(Telling.TROUBLE, true, 1);
    }
}
