package io.miroir.core.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.core.merge.Pinning.Pinned;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;

class PinningTest {
    @Test
    void theOthersTakeThePlacesThatAreLeft() {
        assertEquals("A12B3", list("123", List.of(new Pinned<>(0, "A"), new Pinned<>(3, "B"))));
        assertEquals("1AB23", list("123", List.of(new Pinned<>(1, "A"), new Pinned<>(1, "B"))));
        assertEquals("123", list("123", List.of()));
    }

    /** Shows: what is pinned behind the end of the list follows at its end. */
    @Test
    void whatIsPinnedFarBehindIsShown() {
        assertEquals("12AB", list("12", List.of(new Pinned<>(10, "A"), new Pinned<>(20, "B"))));
        assertEquals("A", list("", List.of(new Pinned<>(4_294_967_295L, "A"))));
    }

    /** Shows: the others are read no further than the places before the last one asked for. */
    @Test
    void nothingIsReadBeforeItIsAskedFor() {
        List<String> read = new ArrayList<>();
        Iterator<String> others =
                new Kept<>(List.of("1", "2", "3").iterator(), other -> read.add(other));
        Pinning<String> list = new Pinning<>(others, List.of(new Pinned<>(0, "A")));
        assertTrue(list.hasNext());
        assertEquals("A", list.next());
        assertEquals(List.of(), read);
        assertEquals("1", list.next());
        assertEquals(List.of("1"), read);
    }

    @Test
    void anEndedListHasNoMore() {
        Pinning<String> list = new Pinning<>(List.<String>of().iterator(), List.of());
        assertFalse(list.hasNext());
        assertThrows(NoSuchElementException.class, list::next);
    }

    private static String list(String others, List<Pinned<String>> pinned) {
        StringBuilder seen = new StringBuilder();
        Iterator<String> letters =
                others.chars().mapToObj(letter -> Character.toString((char) letter)).iterator();
        new Pinning<>(letters, pinned).forEachRemaining(seen::append);
        return seen.toString();
    }
}
