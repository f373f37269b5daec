package io.miroir.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.miroir.api.Json;
import io.miroir.bench.load.KnownSearch.Flaw;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** An answer that is not as it was when nothing moved is noticed, and told by what is wrong. */
class KnownSearchTest {
    private static final KnownSearch SEARCH =
            new KnownSearch(Json.object(), 30, List.of(4L, 2L, 9L));

    @Test
    void theSameAnswerHasNoFlaw() {
        assertEquals(Flaw.NONE, flaw(30, 4, 2, 9));
    }

    @Test
    void whatIsMissingOrNotCountedIsSeen() {
        assertEquals(Flaw.INCOMPLETE, flaw(29, 4, 2, 9));
        assertEquals(Flaw.INCOMPLETE, flaw(30, 4, 9));
        assertEquals(Flaw.INCOMPLETE, flaw(30, 4, 2, 8));
        assertEquals(Flaw.INCOMPLETE, flaw(0));
    }

    @Test
    void whatIsThereTwiceIsSeenOnThePageAndBehindIt() {
        assertEquals(Flaw.DOUBLED, flaw(30, 4, 4, 2));
        assertEquals(Flaw.DOUBLED, flaw(31, 4, 2, 9));
    }

    @Test
    void anotherOrderIsSeen() {
        assertEquals(Flaw.REORDERED, flaw(30, 2, 4, 9));
    }

    private static Flaw flaw(long total, long... ids) {
        ObjectNode answer = Json.object().put("totalHits", total);
        var hits = answer.putArray("hits");
        for (long id : ids) {
            hits.addObject().put("id", id);
        }
        return SEARCH.flaw(answer);
    }
}
