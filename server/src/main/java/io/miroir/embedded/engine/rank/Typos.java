package io.miroir.embedded.engine.rank;

/** Counts the typos between a word of the query and words of the index. */
final class Typos {
    private final int[] word;
    private final boolean prefix;

    Typos(String word, boolean prefix) {
        this.word = word.codePoints().toArray();
        this.prefix = prefix;
    }

    /**
     * Inserted, deleted, replaced and swapped characters; any typo in the first character makes it
     * two. For a prefix only the candidate's beginning counts, whichever is nearest.
     */
    int of(String candidate) {
        int[] other = candidate.codePoints().toArray();
        int distance = distance(other);
        boolean sameStart = other.length > 0 && word.length > 0 && other[0] == word[0];
        return sameStart || distance == 0 ? distance : Math.max(2, distance + 1);
    }

    private int distance(int[] other) {
        int[][] cell = new int[word.length + 1][other.length + 1];
        for (int i = 0; i <= word.length; i++) {
            for (int j = 0; j <= other.length; j++) {
                if (i == 0 || j == 0) {
                    cell[i][j] = i + j;
                    continue;
                }
                boolean same = word[i - 1] == other[j - 1];
                int best =
                        Math.min(
                                cell[i - 1][j - 1] + (same ? 0 : 1),
                                Math.min(cell[i - 1][j], cell[i][j - 1]) + 1);
                boolean swapped =
                        i > 1
                                && j > 1
                                && word[i - 1] == other[j - 2]
                                && word[i - 2] == other[j - 1];
                cell[i][j] = swapped ? Math.min(best, cell[i - 2][j - 2] + 1) : best;
            }
        }
        if (!prefix) {
            return cell[word.length][other.length];
        }
        int nearest = word.length;
        for (int j = 0; j <= other.length; j++) {
            nearest = Math.min(nearest, cell[word.length][j]);
        }
        return nearest;
    }
}
