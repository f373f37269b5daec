package io.miroir.core.text;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Cuts texts into words and separators. Immutable.
 *
 * <p>Texts are cut where the script changes, at separators, and (where words are not parted by
 * spaces) between ideographs. There are no dictionaries of languages.
 */
public final class Tokenizer {
    /** Longer words are not searched, in bytes. */
    public static final int WORD_BYTES_MAX = 250;

    private final Separators separators;
    private final Set<String> stopWords;
    private final Set<String> dictionary;

    /** A tokenizer with an index's own separators and words. */
    public Tokenizer(
            Collection<String> separatorTokens,
            Collection<String> nonSeparatorTokens,
            Collection<String> dictionary,
            Collection<String> stopWords) {
        this.separators = new Separators(separatorTokens, nonSeparatorTokens, dictionary);
        this.stopWords = new HashSet<>(stopWords);
        this.dictionary = new HashSet<>(dictionary);
    }

    /** The same tokenizer without stop words. */
    public Tokenizer withoutStopWords() {
        return new Tokenizer(separators, Set.of(), dictionary);
    }

    private Tokenizer(Separators separators, Set<String> stopWords, Set<String> dictionary) {
        this.separators = separators;
        this.stopWords = stopWords;
        this.dictionary = dictionary;
    }

    /** The tokens of a text; together they cover it. */
    public List<Token> tokenize(String text) {
        List<Token> tokens = new ArrayList<>();
        int runStart = 0;
        while (runStart < text.length()) {
            Run run = run(text, runStart);
            cut(text, runStart, run, tokens);
            runStart = run.end;
        }
        return tokens;
    }

    /** The normalized words of a text, without separators and stop words. */
    public List<String> words(String text) {
        return tokenize(text).stream()
                .filter(token -> token.kind() == Token.Kind.WORD && !token.lemma().isEmpty())
                .map(Token::lemma)
                .toList();
    }

    /** A stretch of one script. */
    private record Run(int end, Script script) {}

    private static Run run(String text, int start) {
        Script script = Script.OTHER;
        int i = start;
        while (i < text.length()) {
            int codePoint = text.codePointAt(i);
            Script here = Script.of(codePoint);
            if (here != Script.OTHER && script != Script.OTHER && here != script) {
                break;
            }
            script = here == Script.OTHER ? script : here;
            i += Character.charCount(codePoint);
        }
        return new Run(i, script);
    }

    private void cut(String text, int start, Run run, List<Token> tokens) {
        int wordStart = start;
        int i = start;
        while (i < run.end) {
            String found = separators.at(text, i);
            if (found == null || i + found.length() > run.end) {
                i += Character.charCount(text.codePointAt(i));
                continue;
            }
            segment(text, wordStart, i, run.script, tokens);
            tokens.add(token(text, i, i + found.length(), run.script));
            i += found.length();
            wordStart = i;
        }
        segment(text, wordStart, run.end, run.script, tokens);
    }

    private void segment(String text, int start, int end, Script script, List<Token> tokens) {
        if (start >= end) {
            return;
        }
        int from = start;
        if (script == Script.ARABIC && hasArticle(text, start, end)) {
            tokens.add(token(text, start, start + 2, script));
            from = start + 2;
        } else if (script == Script.CJ) {
            from = ideographs(text, start, end, tokens);
        }
        if (from < end) {
            tokens.add(token(text, from, end, script));
        }
    }

    /** Cuts before and after each ideograph, and where the syllabary changes. */
    private int ideographs(String text, int start, int end, List<Token> tokens) {
        int from = start;
        int i = start;
        Character.UnicodeScript last = null;
        while (i < end) {
            int codePoint = text.codePointAt(i);
            Character.UnicodeScript here = Character.UnicodeScript.of(codePoint);
            boolean mixes = here == Character.UnicodeScript.COMMON;
            boolean boundary =
                    last != null && !mixes && (here != last || here == Character.UnicodeScript.HAN);
            if (boundary) {
                tokens.add(token(text, from, i, Script.CJ));
                from = i;
            }
            last = mixes && last != null ? last : here;
            i += Character.charCount(codePoint);
        }
        return from;
    }

    /** Arabic writes its article together with the word. */
    private static boolean hasArticle(String text, int start, int end) {
        return end - start > 2
                && "اأإآٱ".indexOf(text.charAt(start)) >= 0
                && text.charAt(start + 1) == 'ل';
    }

    private Token token(String text, int start, int end, Script script) {
        String decomposed = Normalizing.decompose(text.substring(start, end));
        if (stopWords.contains(decomposed)) {
            return new Token(
                    Token.Kind.STOP_WORD, Normalizing.fold(decomposed, script), start, end);
        }
        if (!dictionary.contains(decomposed) && separators.isSeparator(decomposed)) {
            Token.Kind kind =
                    Separators.isHard(decomposed)
                            ? Token.Kind.HARD_SEPARATOR
                            : Token.Kind.SOFT_SEPARATOR;
            return new Token(kind, decomposed, start, end);
        }
        return new Token(Token.Kind.WORD, Normalizing.fold(decomposed, script), start, end);
    }

    /**
     * How many characters (code points) at the start of {@code original} make up the first {@code
     * normalizedLength} chars of its normalized form.
     */
    public static int originalCharacters(String original, int normalizedLength) {
        Script script = Script.OTHER;
        for (int i = 0; i < original.length() && script == Script.OTHER; i++) {
            script = Script.of(original.codePointAt(i));
        }
        int normalized = 0;
        int characters = 0;
        int i = 0;
        while (i < original.length() && normalized < normalizedLength) {
            int codePoint = original.codePointAt(i);
            String one = Character.toString(codePoint);
            normalized += Normalizing.fold(Normalizing.decompose(one), script).length();
            i += Character.charCount(codePoint);
            characters++;
        }
        return characters;
    }
}
