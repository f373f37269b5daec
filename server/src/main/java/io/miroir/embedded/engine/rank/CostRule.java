package io.miroir.embedded.engine.rank;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;

/**
 * A rule by which each document has a cost for each reading of the query, and its cost is that of
 * the cheapest reading.
 */
abstract class CostRule implements Rule {
    final Lookup lookup;

    CostRule(Lookup lookup) {
        this.lookup = lookup;
    }

    /** The cost no document can exceed on a path. */
    abstract int costMax(Path path);

    /**
     * Lowers costs to those of a path.
     *
     * @param docs ascending; those that do not match the path have {@code matching} false
     * @param costs by index in {@code docs}; to be filled
     */
    abstract void costs(Path path, int[] docs, boolean[] matching, int[] costs);

    /** What the rule says of a cost. */
    abstract Score score(long rank, long max);

    @Override
    public final Iterator<Bucket> buckets(int[] docs, List<Path> paths, int wanted) {
        int max = 0;
        int[] best = new int[docs.length];
        int[] bestPath = new int[docs.length];
        Arrays.fill(best, Integer.MAX_VALUE);
        boolean[] matching = new boolean[docs.length];
        int[] costs = new int[docs.length];
        for (int p = 0; p < paths.size(); p++) {
            Path path = paths.get(p);
            max = Math.max(max, costMax(path));
            for (int i = 0; i < docs.length; i++) {
                matching[i] = paths.size() == 1 || path.matches(docs[i]);
            }
            costs(path, docs, matching, costs);
            for (int i = 0; i < docs.length; i++) {
                if (matching[i] && costs[i] < best[i]) {
                    best[i] = costs[i];
                    bestPath[i] = p;
                }
            }
        }
        return group(docs, best, bestPath, paths, max);
    }

    private Iterator<Bucket> group(
            int[] docs, int[] best, int[] bestPath, List<Path> paths, int max) {
        int[] count = new int[max + 1];
        for (int i = 0; i < docs.length; i++) {
            count[Math.min(best[i], max)]++;
        }
        int[][] grouped = new int[max + 1][];
        boolean[][] used = new boolean[max + 1][];
        int[] filled = new int[max + 1];
        for (int i = 0; i < docs.length; i++) {
            int cost = Math.min(best[i], max);
            if (grouped[cost] == null) {
                grouped[cost] = new int[count[cost]];
                used[cost] = new boolean[paths.size()];
            }
            grouped[cost][filled[cost]++] = docs[i];
            used[cost][bestPath[i]] = true;
        }
        List<Bucket> buckets = new ArrayList<>();
        for (int cost = 0; cost <= max; cost++) {
            if (grouped[cost] == null) {
                continue;
            }
            List<Path> good = new ArrayList<>();
            for (int p = 0; p < paths.size(); p++) {
                if (used[cost][p]) {
                    good.add(paths.get(p));
                }
            }
            buckets.add(new Bucket(grouped[cost], good, score(max + 1L - cost, max + 1L)));
        }
        return buckets.iterator();
    }

    /** Follows documents through hits; documents must be asked for in ascending order. */
    static final class Cursor {
        private final int[] docs;
        private int index;

        Cursor(int[] docs) {
            this.docs = docs;
        }

        /** The index of a document; -1 if it is not there. */
        int indexOf(int doc) {
            if (index < docs.length && docs[index] < doc) {
                int step = 1;
                while (index + step < docs.length && docs[index + step] < doc) {
                    step <<= 1;
                }
                int found =
                        Arrays.binarySearch(
                                docs,
                                index + (step >> 1),
                                Math.min(docs.length, index + step + 1),
                                doc);
                index = found < 0 ? -found - 1 : found;
            }
            return index < docs.length && docs[index] == doc ? index : -1;
        }
    }
}
