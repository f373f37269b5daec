package io.miroir.core.text;

/** The scripts that are treated differently. */
enum Script {
    /** Digits, symbols, separators: goes with whatever script stands beside it. */
    OTHER,
    LATIN,
    CYRILLIC,
    GREEK,
    GEORGIAN,
    ARMENIAN,
    HEBREW,
    ARABIC,
    THAI,
    /** Chinese and Japanese. */
    CJ,
    HANGUL,
    KHMER,
    /** Any other script of letters. */
    FOREIGN;

    static Script of(int codePoint) {
        if (codePoint < 0x80) {
            return Character.isLetter(codePoint) ? LATIN : OTHER;
        }
        if (codePoint <= 0x24F) {
            return LATIN;
        }
        return switch (Character.UnicodeScript.of(codePoint)) {
            case LATIN -> LATIN;
            case CYRILLIC -> CYRILLIC;
            case GREEK -> GREEK;
            case GEORGIAN -> GEORGIAN;
            case ARMENIAN -> ARMENIAN;
            case HEBREW -> HEBREW;
            case ARABIC -> ARABIC;
            case THAI -> THAI;
            case HAN, HIRAGANA, KATAKANA -> CJ;
            case HANGUL -> HANGUL;
            case KHMER -> KHMER;
            case COMMON, INHERITED, UNKNOWN -> OTHER;
            default -> FOREIGN;
        };
    }

    /** The script of a text's first letter. */
    static Script of(String text) {
        return text.codePoints()
                .mapToObj(Script::of)
                .filter(script -> script != OTHER)
                .findFirst()
                .orElse(OTHER);
    }

    boolean hasCase() {
        return switch (this) {
            case LATIN, CYRILLIC, GREEK, GEORGIAN, ARMENIAN -> true;
            case OTHER, HEBREW, ARABIC, THAI, CJ, HANGUL, KHMER, FOREIGN -> false;
        };
    }

    boolean dropsMarks() {
        return switch (this) {
            case HEBREW, THAI, ARABIC, LATIN, GREEK -> true;
            case OTHER, CYRILLIC, GEORGIAN, ARMENIAN, CJ, HANGUL, KHMER, FOREIGN -> false;
        };
    }
}
