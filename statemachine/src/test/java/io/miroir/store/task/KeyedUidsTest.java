package io.miroir.store.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Sets that grow from an array into a bitmap, and shrink again, hold what was put into them. */
class KeyedUidsTest {
    private static final int UIDS = 2 * KeyedUids.FEW_MAX;

    @Test
    void theyHoldWhatMapsOfSetsWouldHold() {
        Random random = new Random(1);
        KeyedUids<String> uids = new KeyedUids<>();
        Map<String, Set<Integer>> expected = new TreeMap<>();
        int grown = 0;
        int shrunk = 0;
        for (int step = 0; step < 50_000; step++) {
            // Half of the time mostly fuller, then mostly emptier.
            boolean fills = (random.nextInt(4) > 0) == (step / 1_000 % 2 == 0);
            String key = key(random);
            int uid = random.nextInt(UIDS) - UIDS / 2;
            if (random.nextInt(50) == 0) {
                String other = key(random);
                uids.exchange(key, other);
                exchange(expected, key, other);
            } else if (fills) {
                uids.add(key, uid);
                expected.computeIfAbsent(key, _ -> new TreeSet<>()).add(uid);
            } else {
                uids.remove(key, uid);
                expected.computeIfPresent(key, (_, set) -> without(set, uid));
            }
            int size = expected.getOrDefault(key, Set.of()).size();
            grown += size > KeyedUids.FEW_MAX ? 1 : 0;
            shrunk += size < KeyedUids.FEW_MAX / 2 ? 1 : 0;
            check(uids, expected, key, step);
        }
        assertTrue(grown > 1_000 && shrunk > 1_000, grown + " and " + shrunk);
    }

    private static void check(
            KeyedUids<String> uids, Map<String, Set<Integer>> expected, String key, int step) {
        UidUnion of = new UidUnion();
        uids.gather(key, of);
        assertEquals(expected.getOrDefault(key, Set.of()), set(of), "step " + step);
        UidUnion from = new UidUnion();
        uids.gather(key, other -> other.startsWith(key.substring(0, 1)), from);
        Set<Integer> all = new TreeSet<>();
        expected.forEach(
                (other, set) -> {
                    if (other.compareTo(key) >= 0 && other.charAt(0) == key.charAt(0)) {
                        all.addAll(set);
                    }
                });
        assertEquals(all, set(from), "step " + step);
    }

    private static Set<Integer> set(UidUnion union) {
        Set<Integer> set = new TreeSet<>();
        union.all().forEach((int uid) -> set.add(uid));
        return set;
    }

    private static void exchange(Map<String, Set<Integer>> sets, String one, String other) {
        Set<Integer> ofOne = sets.getOrDefault(one, Set.of());
        Set<Integer> ofOther = sets.getOrDefault(other, Set.of());
        sets.put(one, new TreeSet<>(ofOther));
        sets.put(other, new TreeSet<>(ofOne));
    }

    private static Set<Integer> without(Set<Integer> set, int uid) {
        set.remove(uid);
        return set;
    }

    private static String key(Random random) {
        return (random.nextBoolean() ? "a" : "b") + random.nextInt(3);
    }
}
