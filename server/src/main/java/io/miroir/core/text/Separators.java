package io.miroir.core.text;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What parts words in an index: the default separators with those an index adds and takes away, and
 * the words of its dictionary, which are never parted.
 */
final class Separators {
    /** A full stop or a comma ends a part of a sentence only when a space follows. */
    private static final List<String> PAIRS = List.of(". ", ", ");

    /** Single characters that end a sentence or a part of it, most used scripts first. */
    private static final String HARD =
            "\0!;?¡§¶¿…、。！，．：；？｡､"
                    + "՜՝՞։׃،؛؟۔।॥෴๚๛།༎༏༑༔၊။჻።፣፤፥፦፧፨។៕៖៚"
                    + "‥․※‼‽⁇⁈⁉⁏⁖⁚⸘⸮⹁︐︑︒︓︔︕︖︙︰﹅﹐﹑﹒﹔﹕﹖﹗";

    private final Set<String> added;
    private final Set<String> removed;
    private final List<String> special;

    /** The separators of an index. */
    Separators(
            Collection<String> added, Collection<String> removed, Collection<String> dictionary) {
        this.added = new HashSet<>(added);
        this.removed = new HashSet<>(removed);
        List<String> longest = new ArrayList<>(dictionary);
        longest.addAll(this.added);
        longest.addAll(PAIRS);
        longest.removeAll(this.removed);
        longest.removeIf(String::isEmpty);
        longest.sort(Comparator.comparingInt(String::length).reversed());
        this.special = List.copyOf(longest);
    }

    /**
     * The separator or dictionary word at a place, or null. Longer ones win: {@code ". "} is found
     * before the full stop alone.
     */
    @Nullable String at(String text, int index) {
        for (String word : special) {
            if (text.startsWith(word, index)) {
                return word;
            }
        }
        int codePoint = text.codePointAt(index);
        if (!isDefault(codePoint)) {
            return null;
        }
        String single = Character.toString(codePoint);
        return removed.contains(single) ? null : single;
    }

    boolean isSeparator(String lemma) {
        if (removed.contains(lemma)) {
            return false;
        }
        boolean single = lemma.codePointCount(0, lemma.length()) == 1;
        return added.contains(lemma)
                || PAIRS.contains(lemma)
                || (single && isDefault(lemma.codePointAt(0)));
    }

    static boolean isHard(String lemma) {
        return PAIRS.contains(lemma) || (lemma.length() == 1 && HARD.contains(lemma));
    }

    private static boolean isDefault(int codePoint) {
        if (codePoint < 0x80) {
            return isAsciiSeparator((char) codePoint);
        }
        return switch (Character.getType(codePoint)) {
            case Character.CONNECTOR_PUNCTUATION,
                    Character.DASH_PUNCTUATION,
                    Character.START_PUNCTUATION,
                    Character.END_PUNCTUATION,
                    Character.INITIAL_QUOTE_PUNCTUATION,
                    Character.FINAL_QUOTE_PUNCTUATION,
                    Character.OTHER_PUNCTUATION,
                    Character.SPACE_SEPARATOR,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR ->
                    true;
            case Character.MATH_SYMBOL ->
                    codePoint == '±'
                            || codePoint == '×'
                            || codePoint == '÷'
                            || (codePoint >= 0x2212 && codePoint <= 0x22FF);
            default -> codePoint == 0x200C;
        };
    }

    private static boolean isAsciiSeparator(char c) {
        return " \n\r\t\0!\"#%&'()*+,-./:;?@[\\]_`{}".indexOf(c) >= 0;
    }
}
