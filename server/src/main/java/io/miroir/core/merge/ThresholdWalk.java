package io.miroir.core.merge;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Which hits a search shows and counts that leaves out those whose score is too bad, found by going
 * one server's way: what is too bad and is met before the page is full does not count; what is not
 * looked at any more does.
 */
public final class ThresholdWalk {
    /** Scores are computed in more than one way. */
    private static final double SAME_SCORE = 1e-12;

    private ThresholdWalk() {}

    /**
     * What was found.
     *
     * @param page the hits to show
     * @param counted the hits that count, in their order
     * @param <T> a hit
     */
    public record Found<T>(List<T> page, List<T> counted) {}

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
            ToDoubleFunction<T> score,
            double threshold,
            int begin,
            int end,
            boolean exhaustive) {
        List<T> page = new ArrayList<>();
        List<T> counted = new ArrayList<>();
        int good = 0;
        for (T hit : hits) {
            boolean isFull = good >= end;
            boolean isGood = score.applyAsDouble(hit) + SAME_SCORE >= threshold;
            if (isGood && !isFull && good >= begin) {
                page.add(hit);
            }
            good += isGood ? 1 : 0;
            if (isGood || (isFull && !exhaustive)) {
                counted.add(hit);
            }
        }
        return new Found<>(page, counted);
    }
}
