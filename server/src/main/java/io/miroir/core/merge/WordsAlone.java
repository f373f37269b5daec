package io.miroir.core.merge;

import java.util.List;
import java.util.Optional;

/**
 * Whether a hybrid search is one by words alone: a server that finds as many hits by words as it is
 * asked for, all of them good, does not search by vectors at all. Nodes have fewer hits than one
 * server with everything, so that they do what it would not.
 *
 * @param semanticRatio between 0 and 1, neither included
 * @param wanted how many hits it is asked for
 */
public record WordsAlone(float semanticRatio, int wanted) {
    /** What a score by words, times its share, must be at least. */
    private static final double GOOD = 0.45;

    /** Empty where no score is good enough, and vectors always have their part. */
    public static Optional<WordsAlone> of(double semanticRatio, int wanted) {
        WordsAlone words = new WordsAlone((float) semanticRatio, wanted);
        return wanted == 0 || words.isGood(1) ? Optional.of(words) : Optional.empty();
    }

    /**
     * Whether nodes' answers leave it open. They don't if all of them searched by words alone, if
     * one node knew all hits, or if those that may be good are too few.
     *
     * @param ofNodes what each of them found in the hybrid search
     * @param pinned how many hits there are besides, all of them good
     */
    public boolean isOpen(List<List<Ranked>> ofNodes, int pinned) {
        if (ofNodes.size() < 2 && pinned == 0) {
            return false;
        }
        long good = ofNodes.stream().flatMap(List::stream).filter(this::mayBeGood).count();
        return good + pinned >= wanted && !ofNodes.stream().allMatch(this::isEnough);
    }

    /**
     * Whether one server leaves vectors out.
     *
     * @param found the best hits in their order, as many as are wanted or all there are
     */
    public boolean isEnough(List<Ranked> found) {
        return found.size() >= wanted
                && found.stream().allMatch(hit -> !hit.semantic() && isGood(hit.score()));
    }

    private boolean isGood(double score) {
        return score * (double) (1f - semanticRatio) >= GOOD;
    }

    /**
     * A hit that its vector brought up is no better by words than it is shown; where a sort comes
     * before a score, it may stand in the place of a better one.
     */
    private boolean mayBeGood(Ranked hit) {
        boolean good =
                hit.semantic()
                        ? hit.score() * (double) semanticRatio >= GOOD - HybridOrder.EPSILON
                        : isGood(hit.score());
        return good || hit.isSortedFirst();
    }
}
