package io.miroir.fanout.lane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;

/** By what it carries, a node's task is known to hold an item (protocol, rules 4 and 6). */
class MarkTest {
    private static String item(long position) {
        return new Place("movies", 3, position, 5).metadata();
    }

    @Test
    void aRequestOfOneItemSaysItsPosition() {
        assertEquals("miroir:3:7:movies", item(7));
        assertTrue(Mark.covers(item(7), item(7)));
        assertFalse(Mark.covers(item(7), item(8)));
    }

    @Test
    void aMergedRequestHoldsTheItemsFromItsFirstToItsLast() {
        String merged = new Mark("movies", 3, 7, 10).text();
        assertEquals("miroir:3:7-10:movies", merged);
        assertFalse(Mark.covers(merged, item(6)));
        for (long position = 7; position <= 10; position++) {
            assertTrue(Mark.covers(merged, item(position)));
        }
        assertFalse(Mark.covers(merged, item(11)));
    }

    @Test
    void anotherLaneOrClaimHoldsNothingOfIt() {
        assertFalse(Mark.covers(new Mark("movies", 2, 7, 10).text(), item(8)));
        assertFalse(Mark.covers(new Mark("movies-2", 3, 7, 10).text(), item(8)));
        assertFalse(Mark.covers(item(8), new Mark("movies", 3, 7, 10).text()));
    }

    @Test
    void whatIsNoneOfOursIsReadAsNone() {
        assertFalse(Mark.covers("", item(1)));
        assertFalse(Mark.covers("the client's own", item(1)));
        assertFalse(Mark.covers("miroir:3:99999999999999999999:movies", item(1)));
        assertEquals(Optional.of(new Mark("a:b", 1, 2, 4)), Mark.parse("miroir:1:2-4:a:b"));
    }
}
