package io.miroir.core.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.core.merge.RankValue.ExactMatch;
import io.miroir.core.merge.RankValue.ScoreRule;
import io.miroir.core.routing.Separators;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MergePropertyTest {
    /** Shows: any split of a sorted list over nodes merges into the list, whatever the rules. */
    @Test
    void mergingASplitSortsTheWhole() {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            List<Ranked> whole = new ArrayList<>();
            int hits = random.nextInt(120);
            for (int i = 0; i < hits; i++) {
                whole.add(ranked(random, i));
            }
            Collections.shuffle(whole, random);
            Comparator<Ranked> order = RuleOrder.WITH_TIES;
            List<List<Ranked>> nodes = new ArrayList<>();
            int count = 1 + random.nextInt(5);
            for (int i = 0; i < count; i++) {
                nodes.add(new ArrayList<>());
            }
            whole.forEach(hit -> nodes.get(random.nextInt(count)).add(hit));
            nodes.forEach(node -> node.sort(order));
            whole.sort(order);
            int page = random.nextInt(150);
            assertEquals(
                    whole.subList(0, Math.min(page, whole.size())),
                    KWayMerge.take(new KWayMerge<>(iterators(nodes), order), page),
                    "seed " + seed);
        }
    }

    /** Shows: the order of rules is an order: swapping turns it round, and it is transitive. */
    @Test
    void theOrderOfRulesIsAnOrder() {
        Random random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            Ranked a = ranked(random, 1);
            Ranked b = ranked(random, 2);
            Ranked c = ranked(random, 3);
            int ab = RuleOrder.WITH_TIES.compare(a, b);
            assertEquals(Integer.signum(ab), -Integer.signum(RuleOrder.WITH_TIES.compare(b, a)));
            if (ab < 0 && RuleOrder.WITH_TIES.compare(b, c) < 0) {
                assertTrue(RuleOrder.WITH_TIES.compare(a, c) < 0, a + "\n" + b + "\n" + c);
            }
        }
    }

    /** Shows: numbers, then texts, then nothing, in both directions; texts by their UTF-8 bytes. */
    @Test
    void sortKeysAsOneNodeOrdersThem() {
        List<SortKey> ascending =
                List.of(
                        new SortKey.Numeric(-1),
                        new SortKey.Numeric(0),
                        new SortKey.Text("a"),
                        new SortKey.Text("b"),
                        new SortKey.Text("\uFFFD"),
                        new SortKey.Text("\uD83D\uDE00"),
                        SortKey.MISSING);
        for (int i = 0; i < ascending.size(); i++) {
            for (int j = 0; j < ascending.size(); j++) {
                int order = SortKey.compare(true, ascending.get(i), ascending.get(j));
                assertEquals(Integer.signum(i - j), Integer.signum(order), i + " and " + j);
            }
        }
        assertTrue(SortKey.compare(false, new SortKey.Numeric(5), new SortKey.Numeric(3)) < 0);
        assertTrue(SortKey.compare(false, new SortKey.Numeric(3), new SortKey.Text("z")) < 0);
        assertTrue(SortKey.compare(false, new SortKey.Text("z"), new SortKey.Text("a")) < 0);
        assertTrue(SortKey.compare(false, new SortKey.Text("a"), SortKey.MISSING) < 0);
        SortKey zero = new SortKey.Numeric(0.0);
        SortKey minusZero = new SortKey.Numeric(-0.0);
        assertTrue(SortKey.compare(true, zero, minusZero) < 0);
        assertTrue(SortKey.compare(false, minusZero, zero) < 0);
        assertEquals(0, SortKey.compare(true, SortKey.asValue(zero), SortKey.asValue(minusZero)));
    }

    /** Shows: facet counts of a split sum up to those of the whole, in order and cut after. */
    @Test
    void facetsOfASplitAreThoseOfTheWhole() {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            FacetSum sum = new FacetSum();
            Map<String, Long> counts = new HashMap<>();
            for (int node = 0; node < 3; node++) {
                for (int i = 0; i < random.nextInt(60); i++) {
                    String value = "v" + random.nextInt(40);
                    long count = 1L + random.nextInt(9);
                    sum.add(random.nextBoolean() ? value : value.toUpperCase(Locale.ROOT), count);
                    counts.merge(value, count, Long::sum);
                }
            }
            Map<String, Long> expected = new LinkedHashMap<>();
            counts.entrySet().stream()
                    .sorted(
                            Map.Entry.<String, Long>comparingByValue()
                                    .thenComparing(Map.Entry.comparingByKey())
                                    .reversed())
                    .limit(10)
                    .forEach(e -> expected.put(e.getKey(), e.getValue()));
            Map<String, Long> actual = new LinkedHashMap<>();
            sum.result(FacetSum.Order.COUNT, 0, 10)
                    .forEach((value, count) -> actual.put(FacetText.normalize(value), count));
            assertEquals(
                    List.copyOf(expected.entrySet()),
                    List.copyOf(actual.entrySet()),
                    "seed " + seed);
            assertEquals(counts.size(), sum.size());
        }
    }

    /** Shows: numbers go before texts, as texts up to 3,000 candidates and as numbers above. */
    @Test
    void facetNumbersChangeTheirOrderWithTheCandidates() {
        FacetSum sum = new FacetSum();
        List.of("10", "9", "1.5", "100").forEach(value -> sum.addNumber(value, 1));
        List.of("a", "B").forEach(value -> sum.add(value, 1));
        assertEquals(
                List.of("1.5", "10", "100", "9", "a", "B"),
                List.copyOf(sum.result(FacetSum.Order.ALPHA, 3_000, 100).keySet()));
        assertEquals(
                List.of("1.5", "9", "10", "100", "a", "B"),
                List.copyOf(sum.result(FacetSum.Order.ALPHA, 3_001, 100).keySet()));
    }

    /** Shows: values that are searched for are texts; a query sets their accents aside. */
    @Test
    void foundFacetValuesAreTexts() {
        FacetSum sum = new FacetSum();
        List.of("-1", "\"quoted\"", "étage", "ete", "2").forEach(value -> sum.add(value, 1));
        assertEquals(
                List.of("\"quoted\"", "-1", "2", "ete", "étage"),
                List.copyOf(sum.found(FacetSum.Order.ALPHA, false, 100).keySet()));
        assertEquals(
                List.of("\"quoted\"", "-1", "2", "étage", "ete"),
                List.copyOf(sum.found(FacetSum.Order.ALPHA, true, 100).keySet()));
        sum.add("2", 1);
        assertEquals(
                List.of("2", "étage", "ete"),
                List.copyOf(sum.found(FacetSum.Order.COUNT, true, 3).keySet()));
    }

    /** Shows: of hits found differently the better score goes first, and semantic ones on equal. */
    @Test
    void hybridComparesAcrossKinds() {
        HybridOrder order = new HybridOrder(0.5);
        Ranked keyword = new Ranked(0, List.of(new RankValue.Words(1, 1)), 0.8, List.of(), "-");
        assertTrue(order.compare(semantic(0.9), keyword) < 0);
        assertTrue(order.compare(semantic(0.7), keyword) > 0);
        assertTrue(order.compare(semantic(0.8), keyword) < 0);
        assertTrue(order.compare(keyword, semantic(0.8)) > 0);
        assertTrue(new HybridOrder(0.3).compare(semantic(0.9), keyword) > 0);
    }

    private static Ranked semantic(double similarity) {
        return new Ranked(
                0, List.of(new RankValue.Similarity(similarity)), similarity, List.of(), "_");
    }

    /**
     * A hit of few different ranks, so that many tie; the sequence makes each unlike all others.
     */
    private static Ranked ranked(Random random, int seq) {
        ExactMatch match =
                List.of(ExactMatch.EXACT_MATCH, ExactMatch.MATCHES_START, ExactMatch.NO_EXACT_MATCH)
                        .get(random.nextInt(3));
        List<RankValue> ranks =
                List.of(
                        new RankValue.Words(1 + random.nextInt(2), 2),
                        new RankValue.Typos(random.nextInt(3), 2 + random.nextInt(2)),
                        new RankValue.Score(ScoreRule.PROXIMITY, random.nextInt(2) / 2.0),
                        new RankValue.Attribute(random.nextInt(2) / 2.0, random.nextInt(2) / 2.0),
                        new RankValue.Sorted(true, key(random)),
                        random.nextInt(5) == 0
                                ? new RankValue.Skipped()
                                : new RankValue.Exactness(match, random.nextInt(3), 3),
                        new RankValue.Sorted(false, key(random)));
        return new Ranked(0, ranks, 0, List.of(), Separators.seq(seq));
    }

    private static SortKey key(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> new SortKey.Numeric(random.nextInt(2));
            case 1 -> new SortKey.Text(random.nextBoolean() ? "a" : "b");
            default -> SortKey.MISSING;
        };
    }

    private static List<Iterator<Ranked>> iterators(List<List<Ranked>> lists) {
        return lists.stream().map(List::iterator).toList();
    }
}
