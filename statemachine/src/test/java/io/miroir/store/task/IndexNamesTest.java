package io.miroir.store.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Names and their beginnings mean what looking at each of them would say. */
class IndexNamesTest {
    private static final List<String> TEXTS = texts();

    @Test
    void anyNamesAndBeginningsContainWhatOneOfThemMeans() {
        Random random = new Random(1);
        int contained = 0;
        for (int i = 0; i < 3_000; i++) {
            Set<String> uids = some(random);
            Set<String> beginnings = some(random);
            Set<String> otherUids = some(random);
            Set<String> otherBeginnings = some(random);
            IndexNames names = new IndexNames(uids, new TreeSet<>(beginnings));
            IndexNames others = new IndexNames(otherUids, new TreeSet<>(otherBeginnings));
            IndexNames both = names.and(others);
            for (String text : TEXTS) {
                String context = text + " of " + names + " and " + others;
                boolean inOne = means(uids, beginnings, text);
                assertEquals(inOne, names.contains(text), context);
                boolean inBoth = inOne && means(otherUids, otherBeginnings, text);
                assertEquals(inBoth, both.contains(text), context);
                contained += inBoth ? 1 : 0;
            }
        }
        assertTrue(contained > 3_000, Integer.toString(contained));
    }

    @Test
    void noTaskWithoutAnIndexIsOfAny() {
        assertFalse(IndexNames.ALL.contains(null));
        assertTrue(IndexNames.ALL.contains("any"));
        IndexNames one = IndexNames.of(Set.of("a"));
        assertEquals(one, one.and(IndexNames.ALL));
    }

    private static boolean means(Set<String> uids, Set<String> beginnings, String text) {
        return uids.contains(text) || beginnings.stream().anyMatch(text::startsWith);
    }

    private static Set<String> some(Random random) {
        Set<String> some = new HashSet<>();
        int size = random.nextInt(5);
        for (int i = 0; i < size; i++) {
            some.add(TEXTS.get(random.nextInt(TEXTS.size())));
        }
        return some;
    }

    /** All of up to four letters a and b, the empty one too. */
    private static List<String> texts() {
        List<String> texts = new ArrayList<>(List.of(""));
        for (int from = 0, length = 0; length < 4; length++) {
            int end = texts.size();
            for (; from < end; from++) {
                texts.add(texts.get(from) + "a");
                texts.add(texts.get(from) + "b");
            }
        }
        return texts;
    }
}
