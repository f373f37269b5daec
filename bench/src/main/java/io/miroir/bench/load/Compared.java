package io.miroir.bench.load;

import java.util.ArrayList;
import java.util.List;

/**
 * Figures of two sides that were measured in turns, so that neighbours had the same machine.
 *
 * @param ours the median
 * @param theirs the median
 * @param ratio the median of the ratios of neighbours, which is what counts
 */
record Compared(double ours, double theirs, double ratio) {
    /** The turns of both sides, in their order. */
    static Compared of(List<Double> ours, List<Double> theirs) {
        if (ours.isEmpty() || ours.size() != theirs.size()) {
            throw new IllegalArgumentException(ours.size() + " turns beside " + theirs.size());
        }
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < ours.size(); i++) {
            ratios.add(ours.get(i) / theirs.get(i));
        }
        return new Compared(median(ours), median(theirs), median(ratios));
    }

    static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1
                ? sorted.get(middle)
                : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
