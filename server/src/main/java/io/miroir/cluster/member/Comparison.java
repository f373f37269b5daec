package io.miroir.cluster.member;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Decides what equal and unequal tables of other pods say of this one's, after a crash. Two pods
 * that differ show that one of them is wrong, not which: only who knows that it is right can tell,
 * or most of the voters.
 */
final class Comparison {
    private Comparison() {}

    /**
     * What another pod's tables showed.
     *
     * @param proven whether it knows that they are right
     * @param at the entry of the log at which both were
     * @param differing names of the tables that differ
     * @param fingerprint of all its tables there
     */
    record Word(String podId, boolean proven, long at, List<String> differing, String fingerprint) {
        private boolean isEqual() {
            return differing.isEmpty();
        }
    }

    /**
     * What is known.
     *
     * @param counts whether this pod is one of the voters, with tables of its own: what it was sent
     *     by one of them says nothing that this one does not say
     * @param voters ids of all
     * @param words of the pods that were compared
     * @param awaited ids of pods that may still say something
     */
    record Situation(
            boolean counts, Set<String> voters, Collection<Word> words, Set<String> awaited) {
        private List<Word> equal() {
            return words.stream().filter(Word::isEqual).toList();
        }

        private List<Word> unequal() {
            return words.stream().filter(word -> !word.isEqual()).toList();
        }

        private boolean isMajority(long count) {
            return count > voters.size() / 2;
        }

        /**
         * Whether those that spoke can lead without this pod. Else nobody could repair it, and
         * those that might take its side have not spoken.
         */
        private boolean canDoWithoutIt() {
            return isMajority(voters(words));
        }

        private long voters(Collection<Word> of) {
            return of.stream().filter(word -> voters.contains(word.podId())).count();
        }
    }

    /** What follows. */
    sealed interface Verdict {
        /**
         * This pod's tables are right.
         *
         * @param others pods whose tables are not, if any
         */
        record Proven(List<String> others) implements Verdict {}

        /** They are wrong. */
        record Damaged(String why) implements Verdict {}

        /**
         * Nobody can tell so far.
         *
         * @param unequal pods whose tables differ from this one's: one of each two is wrong
         */
        record Unknown(List<String> unequal) implements Verdict {}
    }

    static Verdict decide(Situation now) {
        List<Word> equal = now.equal();
        List<Word> unequal = now.unequal();
        boolean vouched = equal.stream().anyMatch(Word::proven);
        boolean accused = unequal.stream().anyMatch(Word::proven);
        long own = now.counts() ? 1 : 0;
        boolean most = !equal.isEmpty() && now.isMajority(own + now.voters(equal));
        if (most || (vouched && !accused)) {
            return new Verdict.Proven(ids(unequal));
        }
        if (vouched) {
            return new Verdict.Unknown(ids(unequal));
        }
        List<Word> against = mostAgainst(now, unequal);
        if (!against.isEmpty()) {
            return damaged(against);
        }
        // One that is still to come may take this pod's side, and with it the majority.
        return accused && now.awaited().isEmpty() && now.canDoWithoutIt()
                ? damaged(unequal.stream().filter(Word::proven).toList())
                : new Verdict.Unknown(ids(unequal));
    }

    /** A majority of all voters that have, at one entry, one and the same other tables. */
    private static List<Word> mostAgainst(Situation now, List<Word> unequal) {
        Map<String, List<Word>> alike =
                unequal.stream()
                        .collect(Collectors.groupingBy(word -> word.at() + word.fingerprint()));
        return alike.values().stream()
                .filter(words -> now.isMajority(now.voters(words)))
                .findFirst()
                .orElse(List.of());
    }

    private static Verdict damaged(List<Word> against) {
        Word first = against.getFirst();
        return new Verdict.Damaged(
                "its tables %s are not those of %s at entry %d: bits changed"
                        .formatted(first.differing(), ids(against), first.at()));
    }

    private static List<String> ids(List<Word> words) {
        return words.stream().map(Word::podId).sorted().toList();
    }
}
