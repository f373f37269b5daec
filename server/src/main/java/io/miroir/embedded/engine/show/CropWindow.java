package io.miroir.embedded.engine.show;

import io.miroir.core.text.Token;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Chooses the part of a text that a crop keeps. */
final class CropWindow {
    /** Words further apart than this are as good as any others. */
    private static final int DISTANCE_MAX = 7;

    private CropWindow() {}

    /**
     * The chars kept.
     *
     * @param start first one
     * @param end one past the last
     */
    record Bounds(int start, int end) {}

    static Bounds choose(String text, List<Token> tokens, List<TextMatch> matches, int words) {
        int left = 0;
        int right = 0;
        int remaining = words;
        boolean forward = true;
        if (!matches.isEmpty()) {
            TextMatch[] best = bestInterval(matches, words);
            int size = best[1].lastWord() - best[0].firstWord() + 1;
            forward = words >= size;
            remaining = Math.abs(words - size);
            right = Math.min(tokens.size(), best[1].lastToken() + 1);
            left = forward ? best[0].firstToken() : 0;
        }
        if (!forward) {
            return shrink(text, tokens, right, remaining);
        }
        return grow(text, tokens, left, right, remaining);
    }

    /** A phrase longer than the window loses words at its end. */
    private static Bounds shrink(String text, List<Token> tokens, int right, int remaining) {
        int after = Math.min(right, tokens.size() - 1);
        int left = remaining;
        while (left > 0 && after >= 0) {
            if (!tokens.get(after).isSeparator()) {
                left--;
            }
            after--;
        }
        int end = after < 0 ? text.length() : tokens.get(after).start();
        return new Bounds(0, end);
    }

    /**
     * Grows to both sides until the window holds enough words.
     *
     * @param left tokens from here on are kept
     * @param right tokens before this one are kept
     */
    private static Bounds grow(String text, List<Token> tokens, int left, int right, int words) {
        int remaining = words;
        while (remaining > 0) {
            @Nullable Token before = left > 0 ? tokens.get(left - 1) : null;
            @Nullable Token after = right < tokens.size() ? tokens.get(right) : null;
            if (before == null && after == null) {
                break;
            }
            if (before == null || after == null) {
                Token only = before == null ? after : before;
                if (before == null) {
                    right++;
                } else {
                    left--;
                }
                remaining -= only != null && !only.isSeparator() ? 1 : 0;
            } else if (before.isSeparator() && after.isSeparator()) {
                if (before.kind() == after.kind()) {
                    left--;
                    // No separator is left at the end right before the crop marker.
                    right += remaining > 1 ? 1 : 0;
                } else if (before.kind() == Token.Kind.HARD_SEPARATOR) {
                    right++;
                } else {
                    left--;
                }
            } else if (after.isSeparator()) {
                left--;
                remaining--;
            } else if (before.isSeparator()) {
                right++;
                remaining--;
            } else {
                left--;
                remaining--;
                if (remaining > 0) {
                    right++;
                    remaining--;
                }
            }
        }
        int start = left > 0 ? tokens.get(left - 1).end() : 0;
        int end = right < tokens.size() ? tokens.get(right).start() : text.length();
        return new Bounds(start, end);
    }

    /** The first and last match of the stretch that shows most of the query. */
    private static TextMatch[] bestInterval(List<TextMatch> matches, int words) {
        int[] best = null;
        int[] bestScore = null;
        int first = 0;
        for (int i = 0; i < matches.size(); i++) {
            int last = matches.get(i).lastWord();
            if (last - matches.get(first).firstWord() < words) {
                continue;
            }
            if (i > 0) {
                int[] score = score(matches.subList(first, i));
                if (isBetter(score, bestScore)) {
                    best = new int[] {first, i - 1};
                    bestScore = score;
                }
            }
            first = advance(matches, first, last, words);
        }
        int end = matches.size() - 1;
        if (first != end || matches.get(first).words() < words) {
            int[] score = score(matches.subList(Math.min(first, end), end + 1));
            if (isBetter(score, bestScore)) {
                best = new int[] {first, end};
            }
        }
        return best == null
                ? new TextMatch[] {matches.getFirst(), matches.getFirst()}
                : new TextMatch[] {matches.get(best[0]), matches.get(best[1])};
    }

    private static int advance(List<TextMatch> matches, int from, int last, int words) {
        int first = from;
        while (true) {
            first++;
            if (first == matches.size()) {
                return first - 1;
            }
            int start = matches.get(first).firstWord();
            if (start > last || last - start < words) {
                return first;
            }
        }
    }

    private static boolean isBetter(int[] score, int @Nullable [] than) {
        return than == null || Arrays.compare(score, than) > 0;
    }

    /** Different words of the query, then nearness, then order. */
    private static int[] score(List<TextMatch> matches) {
        Set<Integer> ids = new HashSet<>();
        int order = 0;
        int distance = 0;
        for (int i = 0; i < matches.size(); i++) {
            TextMatch match = matches.get(i);
            for (int id = match.firstId(); id <= match.lastId(); id++) {
                ids.add(id);
            }
            if (match.isPhrase()) {
                order += match.words() - 1;
                distance -= match.words() - 1;
            }
            if (i + 1 < matches.size()) {
                TextMatch next = matches.get(i + 1);
                order += next.firstId() > match.firstId() ? 1 : 0;
                distance -= Math.min(DISTANCE_MAX, next.firstWord() - match.lastWord());
            }
        }
        return new int[] {ids.size(), distance, order};
    }
}
