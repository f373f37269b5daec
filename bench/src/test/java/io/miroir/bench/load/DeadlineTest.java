package io.miroir.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What one part leaves, the others have. */
class DeadlineTest {
    @Test
    void whatIsLeftIsSharedEqually() {
        Deadline whole = new Deadline(1_000);
        assertEquals(new Deadline(400), whole.share(100, 3));
        assertEquals(new Deadline(600), whole.share(200, 2));
        assertEquals(whole, whole.share(600, 1));
    }

    @Test
    void whoComesTooLateHasNothing() {
        assertEquals(new Deadline(1_200), new Deadline(1_000).share(1_200, 2));
        assertTrue(Deadline.after(Duration.ZERO).isOver());
        assertFalse(Deadline.after(Duration.ofDays(1)).isOver());
    }
}
