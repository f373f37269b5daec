package io.miroir.embedded.engine.settings;

import java.util.Set;

/**
 * Typo tolerance.
 *
 * @param oneTypoChars shortest word, in characters, that may have a typo
 * @param twoTyposChars shortest word that may have two
 * @param exactWords words that may have none
 * @param exactAttributes attributes whose words are found only as they are written
 * @param exactNumbers whether numbers are found only as they are written
 */
public record TypoSettings(
        boolean enabled,
        int oneTypoChars,
        int twoTyposChars,
        Set<String> exactWords,
        Set<String> exactAttributes,
        boolean exactNumbers) {

    /** Typos allowed in a word. */
    public int allowed(String word) {
        int characters = word.codePointCount(0, word.length());
        if (!enabled || characters < oneTypoChars || exactWords.contains(word)) {
            return 0;
        }
        return characters < twoTyposChars ? 1 : 2;
    }
}
