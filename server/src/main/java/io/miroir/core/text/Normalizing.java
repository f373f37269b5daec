package io.miroir.core.text;

import java.text.Normalizer;
import java.util.Locale;

/** The form in which words are compared: decomposed, lower case, accents off. */
public final class Normalizing {
    private static final char ZERO_WIDTH_NON_JOINER = '\u200C';

    private Normalizing() {}

    /** A facet value as it is compared: without outer space, decomposed, lower case. */
    public static String facet(String value) {
        String trimmed = value.strip();
        if (isPlain(trimmed)) {
            return trimmed;
        }
        return Normalizer.normalize(trimmed, Normalizer.Form.NFKD).toLowerCase(Locale.ROOT);
    }

    /** A facet value as a facet search compares it: accents off as well. */
    public static String facetSearch(String value) {
        return fold(decompose(value), Script.of(value));
    }

    /** A stop word as nodes keep it. Of its language only the script is known, for Persian too. */
    public static String stopWord(String word) {
        String apart = decompose(word);
        if (Script.of(apart) != Script.ARABIC) {
            return apart;
        }
        StringBuilder out = new StringBuilder(apart.length());
        for (int i = 0; i < apart.length(); i++) {
            persian(apart.charAt(i), out);
        }
        return out.toString();
    }

    private static void persian(char c, StringBuilder out) {
        switch (c) {
            case 'ي', 'ى' -> out.append('ی');
            case 'ك' -> out.append('ک');
            case '،' -> out.append(',');
            case '؟' -> out.append('?');
            case ZERO_WIDTH_NON_JOINER -> {}
            default -> out.append(c >= '۰' && c <= '۹' ? (char) (c - '۰' + '0') : c);
        }
    }

    private static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 0x80 || (c >= 'A' && c <= 'Z')) {
                return false;
            }
        }
        return true;
    }

    /** Compatibility decomposition, control characters left out. */
    static String decompose(String text) {
        String apart = isAscii(text) ? text : Normalizer.normalize(text, Normalizer.Form.NFKD);
        for (int i = 0; i < apart.length(); i++) {
            if (isControl(apart.charAt(i))) {
                StringBuilder kept = new StringBuilder();
                apart.chars().filter(c -> !isControl((char) c)).forEach(c -> kept.append((char) c));
                return kept.toString();
            }
        }
        return apart;
    }

    private static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 0x80) {
                return false;
            }
        }
        return true;
    }

    private static boolean isControl(char c) {
        return Character.isISOControl(c) && !Character.isWhitespace(c);
    }

    /** Lower case, and the foldings of a script. */
    static String fold(String decomposed, Script script) {
        String lower = script.hasCase() ? lowerCase(decomposed) : decomposed;
        if (isAscii(lower)) {
            return lower;
        }
        StringBuilder out = new StringBuilder(lower.length());
        for (int i = 0; i < lower.length(); i++) {
            char c = lower.charAt(i);
            boolean mark = Character.getType(c) == Character.NON_SPACING_MARK;
            if (mark && script.dropsMarks()) {
                continue;
            }
            switch (script) {
                case LATIN -> latin(c, out);
                case ARABIC -> arabic(c, out);
                case CJ -> out.append(hiragana(c));
                case GREEK -> out.append(c == 'ς' && i == lower.length() - 1 ? 'σ' : c);
                case OTHER, CYRILLIC, GEORGIAN, ARMENIAN, HEBREW, THAI, HANGUL, KHMER, FOREIGN ->
                        out.append(c);
            }
        }
        return out.toString();
    }

    private static String lowerCase(String text) {
        StringBuilder out = null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isUpperCase(c) || Character.isSurrogate(c)) {
                // Per code point: a whole-word conversion would treat a final sigma specially.
                out = new StringBuilder(text.length());
                text.codePoints().map(Character::toLowerCase).forEach(out::appendCodePoint);
                break;
            }
        }
        return out == null ? text : out.toString();
    }

    private static void latin(char c, StringBuilder out) {
        switch (c) {
            case '’', '‘', '‛' -> out.append('\'');
            case 'œ' -> out.append("oe");
            case 'æ' -> out.append("ae");
            case 'đ', 'ð' -> out.append('d');
            case 'ı' -> out.append('i');
            default -> out.append(c);
        }
    }

    private static void arabic(char c, StringBuilder out) {
        switch (c) {
            case '\u0640' -> {}
            case 'أ', 'إ', 'آ', 'ٱ' -> out.append('ا');
            case 'ى' -> out.append('ي');
            case 'ة' -> out.append('ه');
            default -> out.append(c);
        }
    }

    /** Katakana and hiragana write the same sounds, one block apart. */
    private static char hiragana(char c) {
        return c >= 'ァ' && c <= 'ヶ' ? (char) (c - ('ァ' - 'ぁ')) : c;
    }
}
