package io.miroir.api.strict;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The hint towards the accepted word that is nearest to an unknown one. */
public final class DidYouMean {
    private DidYouMean() {}

    /** Words as messages list them. */
    static String listed(List<String> accepted) {
        return accepted.stream().map(word -> "`" + word + "`").collect(Collectors.joining(", "));
    }

    /** {@code "did you mean `x`? "}, or nothing if no accepted word is near. */
    static String suggestion(String received, List<String> accepted) {
        String best = nearest(received, accepted);
        return best == null ? "" : "did you mean `" + best + "`? ";
    }

    /** The accepted word nearest to {@code received}; null if none is near enough to be a typo. */
    public static @Nullable String nearest(String received, Collection<String> accepted) {
        int typosMax = typosMax(received.getBytes(StandardCharsets.UTF_8).length);
        String best = null;
        int bestDistance = typosMax + 1;
        for (String word : accepted) {
            int distance = typosMax == 0 ? Integer.MAX_VALUE : distance(received, word);
            if (distance < bestDistance) {
                best = word;
                bestDistance = distance;
            }
        }
        return best;
    }

    private static int typosMax(int bytes) {
        if (bytes <= 3) {
            return 0;
        }
        if (bytes <= 7) {
            return 1;
        }
        if (bytes <= 12) {
            return 2;
        }
        if (bytes <= 17) {
            return 3;
        }
        return bytes <= 24 ? 4 : 5;
    }

    /** Damerau-Levenshtein distance (insert, delete, replace, swap of neighbours). */
    private static int distance(String a, String b) {
        Map<Character, Integer> lastRow = new HashMap<>();
        int far = a.length() + b.length();
        int[][] cell = new int[a.length() + 2][b.length() + 2];
        cell[0][0] = far;
        for (int i = 0; i <= a.length(); i++) {
            cell[i + 1][0] = far;
            cell[i + 1][1] = i;
        }
        for (int j = 0; j <= b.length(); j++) {
            cell[0][j + 1] = far;
            cell[1][j + 1] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int lastColumn = 0;
            for (int j = 1; j <= b.length(); j++) {
                int row = lastRow.getOrDefault(b.charAt(j - 1), 0);
                boolean same = a.charAt(i - 1) == b.charAt(j - 1);
                int replace = cell[i][j] + (same ? 0 : 1);
                int gap = Math.min(cell[i + 1][j], cell[i][j + 1]) + 1;
                int swap = cell[row][lastColumn] + (i - row - 1) + 1 + (j - lastColumn - 1);
                cell[i + 1][j + 1] = Math.min(Math.min(replace, gap), swap);
                if (same) {
                    lastColumn = j;
                }
            }
            lastRow.put(a.charAt(i - 1), i);
        }
        return cell[a.length() + 1][b.length() + 1];
    }
}
