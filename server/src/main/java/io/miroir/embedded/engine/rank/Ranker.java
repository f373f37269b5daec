package io.miroir.embedded.engine.rank;

import io.miroir.embedded.engine.store.Snapshot;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.apache.lucene.util.FixedBitSet;
import org.jspecify.annotations.Nullable;

/**
 * Orders documents by rules: each parts what the ones before found equal. Only as much is put in
 * order as is wanted.
 */
final class Ranker {
    private final Snapshot snapshot;
    private final List<Rule> rules;
    private final Limits limits;
    private final @Nullable Distinct distinct;
    private final List<Ranked> ranked = new ArrayList<>();
    private final List<Score> scores = new ArrayList<>();
    private final FixedBitSet dropped;

    /**
     * What ends a search.
     *
     * @param wanted documents to put in order
     * @param threshold least score; null for any
     * @param wholly whether all documents must be scored, so that those below are known
     */
    record Limits(int wanted, @Nullable Double threshold, boolean wholly) {}

    Ranker(Snapshot snapshot, List<Rule> rules, Limits limits, @Nullable Distinct distinct) {
        this.snapshot = snapshot;
        this.rules = rules;
        this.limits = limits;
        this.distinct = distinct;
        this.dropped = new FixedBitSet(Math.max(1, snapshot.maxDoc()));
    }

    /** Puts documents in order. */
    Ranking rank(FixedBitSet universe, List<Path> paths) {
        visit(Docs.array(universe), paths, 0);
        FixedBitSet candidates = universe.clone();
        candidates.andNot(dropped);
        if (distinct != null) {
            FixedBitSet shown = new FixedBitSet(candidates.length());
            ranked.forEach(hit -> shown.set(hit.doc()));
            for (int doc : Docs.array(candidates)) {
                if (!shown.get(doc) && distinct.isSeen(doc)) {
                    candidates.clear(doc);
                }
            }
        }
        return new Ranking(ranked, candidates);
    }

    private boolean isDone() {
        boolean scoreAll = limits.wholly && limits.threshold != null;
        return ranked.size() >= limits.wanted && !scoreAll;
    }

    private void visit(int[] docs, List<Path> paths, int depth) {
        if (docs.length == 0 || isDone()) {
            return;
        }
        if (depth == rules.size()) {
            add(docs);
            return;
        }
        Iterator<Bucket> buckets =
                rules.get(depth).buckets(docs, paths, limits.wanted - ranked.size());
        while (!isDone() && buckets.hasNext()) {
            Bucket bucket = buckets.next();
            scores.add(bucket.score());
            if (isTooLow()) {
                drop(bucket.docs());
                while (buckets.hasNext()) {
                    drop(buckets.next().docs());
                }
            } else {
                visit(bucket.docs(), bucket.paths(), depth + 1);
            }
            scores.removeLast();
        }
    }

    private boolean isTooLow() {
        return limits.threshold != null && Scores.global(scores) < limits.threshold;
    }

    private void drop(int[] docs) {
        for (int doc : docs) {
            dropped.set(doc);
        }
    }

    /** Adds documents that all rules find equal, in the order of their insertion. */
    private void add(int[] docs) {
        List<Score> shared = List.copyOf(scores);
        for (int doc : byNumber(docs)) {
            if (ranked.size() >= limits.wanted) {
                return;
            }
            if (distinct != null) {
                if (distinct.isSeen(doc)) {
                    continue;
                }
                distinct.see(doc);
            }
            ranked.add(new Ranked(doc, shared));
        }
    }

    private int[] byNumber(int[] docs) {
        long[] keyed = new long[docs.length];
        for (int i = 0; i < docs.length; i++) {
            keyed[i] = ((long) snapshot.numberOf(docs[i]) << 32) | docs[i];
        }
        Arrays.sort(keyed);
        int[] ordered = new int[docs.length];
        for (int i = 0; i < docs.length; i++) {
            ordered[i] = (int) keyed[i];
        }
        return ordered;
    }
}
