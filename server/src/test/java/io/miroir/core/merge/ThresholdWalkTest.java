package io.miroir.core.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Hits that are good enough, as one server's bucket sort comes to them. */
class ThresholdWalkTest {
    /** One of two words is 0.5, both are 1. */
    private static Ranked hit(int price, int words) {
        return new Ranked(
                0,
                List.of(
                        new RankValue.Sorted(true, new SortKey.Numeric(price)),
                        new RankValue.Words(words, 2)),
                words / 2.0,
                List.of(),
                price + "-" + words);
    }

    private static Ranked word(int words) {
        return new Ranked(
                0, List.of(new RankValue.Words(words, 2)), words / 2.0, List.of(), "" + words);
    }

    private static final List<Ranked> SORTED =
            List.of(hit(1, 1), hit(2, 2), hit(2, 1), hit(3, 2), hit(4, 1), hit(5, 2));

    private static ThresholdWalk.Found<Ranked> walk(
            List<Ranked> hits, int begin, int end, boolean exhaustive) {
        return ThresholdWalk.of(hits, hit -> hit, 0.8, begin, end, exhaustive);
    }

    private static List<String> ties(List<Ranked> hits) {
        return hits.stream().map(Ranked::tie).toList();
    }

    /** Shows: what is met before the page is full and too bad does not count, the rest does. */
    @Test
    void whatIsMetAndTooBadDoesNotCount() {
        ThresholdWalk.Found<Ranked> found = walk(SORTED, 0, 2, false);
        assertEquals(List.of("2-2", "3-2"), ties(found.page()));
        assertEquals(List.of("2-2", "3-2", "4-1", "5-2"), ties(found.counted()));
        assertEquals(6, walk(SORTED, 0, 0, false).counted().size());
        assertEquals(List.of("2-2", "3-2", "5-2"), ties(walk(SORTED, 0, 1, true).counted()));
        assertEquals(List.of("2-2"), ties(walk(SORTED, 0, 1, true).page()));
    }

    /** Shows: buckets that end before the page are passed over, bad hits with them. */
    @Test
    void whatIsBeforeThePageIsPassedOver() {
        ThresholdWalk.Found<Ranked> found = walk(SORTED, 2, 3, false);
        assertEquals(List.of("3-2"), ties(found.page()));
        assertEquals(List.of("1-1", "2-2", "3-2", "4-1", "5-2"), ties(found.counted()));
        assertEquals(6, walk(SORTED, 7, 9, false).counted().size());
    }

    /** Shows: where nothing is sorted before, all that is behind a bad hit is left out. */
    @Test
    void behindABadHitAllIsBad() {
        List<Ranked> hits = List.of(word(2), word(2), word(1), word(1));
        assertEquals(2, walk(hits, 0, 3, false).counted().size());
        assertEquals(4, walk(hits, 0, 2, false).counted().size());
        assertEquals(2, walk(hits, 0, 9, false).page().size());
    }
}
