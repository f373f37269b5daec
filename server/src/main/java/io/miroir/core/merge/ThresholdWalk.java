package io.miroir.core.merge;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * Which hits a search shows and counts that leaves out those whose score is too bad, found by going
 * one server's way: bucket by bucket, rule by rule. What is too bad, and what is behind it in the
 * same bucket of the rule before, does not count; what is not looked at, as the page is full, does.
 * A bucket that ends before the page begins is passed over as a whole, however bad the hits in it
 * are, if the rules so far don't say so.
 *
 * @param <T> a hit
 */
public final class ThresholdWalk<T> {
    /** Scores are computed in more than one way. */
    private static final double SAME_SCORE = 1e-12;

    private final List<T> hits;
    private final Function<T, Ranked> ranked;
    private final double threshold;
    private final int begin;
    private final int end;
    private final boolean exhaustive;
    private final boolean[] left;
    private final List<T> page = new ArrayList<>();
    private int passed;

    /**
     * What was found.
     *
     * @param page the hits to show
     * @param counted the hits that count, in their order
     */
    public record Found<T>(List<T> page, List<T> counted) {}

    private ThresholdWalk(
            List<T> hits,
            Function<T, Ranked> ranked,
            double threshold,
            int begin,
            int end,
            boolean exhaustive) {
        this.hits = hits;
        this.ranked = ranked;
        this.threshold = threshold;
        this.begin = begin;
        this.end = end;
        this.exhaustive = exhaustive;
        this.left = new boolean[hits.size()];
    }

    /**
     * Walks.
     *
     * @param hits in the order of their rules
     * @param begin of the page
     * @param end of the page
     * @param exhaustive whether it goes on behind the page
     */
    public static <T> Found<T> of(
            List<T> hits,
            Function<T, Ranked> ranked,
            double threshold,
            int begin,
            int end,
            boolean exhaustive) {
        ThresholdWalk<T> walk =
                new ThresholdWalk<>(hits, ranked, threshold, begin, end, exhaustive);
        if (hits.size() >= begin) {
            walk.walk(0, hits.size(), 0);
        }
        List<T> counted = new ArrayList<>();
        for (int i = 0; i < hits.size(); i++) {
            if (!walk.left[i]) {
                counted.add(hits.get(i));
            }
        }
        return new Found<>(walk.page, counted);
    }

    private boolean isFull() {
        return !exhaustive && page.size() >= end - begin;
    }

    /** Walks over hits that the rules before find equal. */
    private void walk(int from, int to, int rule) {
        int next;
        for (int i = from; i < to && !isFull(); i = next) {
            next = i + 1;
            while (next < to && isAlike(i, next, rule)) {
                next++;
            }
            boolean passedOver = passed + next - i < begin;
            if (!isLast(i, rule) && !passedOver) {
                walk(i, next, rule + 1);
            } else if (isTooBad(i, rule)) {
                Arrays.fill(left, i, to, true);
                return;
            } else {
                add(i, next);
            }
        }
    }

    private void add(int from, int to) {
        for (int i = from; i < to; i++, passed++) {
            if (passed >= begin && page.size() < end - begin) {
                page.add(hits.get(i));
            }
        }
    }

    private boolean isLast(int hit, int rule) {
        return rule >= ranks(hit).size() - 1;
    }

    private boolean isAlike(int hit, int other, int rule) {
        return RuleOrder.compare(at(hit, rule), at(other, rule)) == 0;
    }

    private List<RankValue> at(int hit, int rule) {
        List<RankValue> ranks = ranks(hit);
        return rule < ranks.size() ? ranks.subList(rule, rule + 1) : List.of();
    }

    private List<RankValue> ranks(int hit) {
        return ranked.apply(hits.get(hit)).ranks();
    }

    /** By the rules so far: those behind could be as good as they can be. */
    private boolean isTooBad(int hit, int rule) {
        Ranked rank = ranked.apply(hits.get(hit));
        if (isLast(hit, rule) || rank.score() >= threshold) {
            return rank.score() + SAME_SCORE < threshold;
        }
        double score =
                RuleRanks.of(rank.ranks(), rank.score()).score(rank.ranks().subList(0, rule + 1));
        return score + SAME_SCORE < threshold;
    }
}
