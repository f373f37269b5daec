package io.miroir.embedded.engine.show;

import io.miroir.api.Json;
import io.miroir.api.search.SearchRequest;
import io.miroir.core.text.Token;
import java.nio.charset.StandardCharsets;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Highlights and crops texts. */
final class TextFormat {
    private final TextMatcher matcher;
    private final SearchRequest.Format format;

    TextFormat(TextMatcher matcher, SearchRequest.Format format) {
        this.matcher = matcher;
        this.format = format;
    }

    /**
     * What is done to a text.
     *
     * @param cropLength words kept; -1 or 0 to keep all
     */
    record Options(boolean highlight, int cropLength) {
        boolean changesText() {
            return highlight || cropLength >= 0;
        }

        Options merge(Options other) {
            return new Options(
                    highlight || other.highlight, cropLength >= 0 ? cropLength : other.cropLength);
        }
    }

    String format(String text, Options options) {
        if (!options.changesText()) {
            return text;
        }
        List<Token> tokens = matcher.tokens(text);
        List<TextMatch> matches = matcher.find(text, tokens);
        CropWindow.Bounds bounds =
                options.cropLength > 0
                        ? CropWindow.choose(text, tokens, matches, options.cropLength)
                        : new CropWindow.Bounds(0, text.length());
        StringBuilder out = new StringBuilder();
        if (bounds.start() > 0) {
            out.append(format.cropMarker());
        }
        int done = bounds.start();
        if (options.highlight) {
            for (TextMatch match : matches) {
                done = highlight(text, tokens, match, bounds, done, out);
            }
        }
        if (done < bounds.end()) {
            out.append(text, done, bounds.end());
        }
        if (bounds.end() < text.length()) {
            out.append(format.cropMarker());
        }
        return out.toString();
    }

    private int highlight(
            String text,
            List<Token> tokens,
            TextMatch match,
            CropWindow.Bounds bounds,
            int done,
            StringBuilder out) {
        int start = tokens.get(match.firstToken()).start();
        int end = tokens.get(match.lastToken()).end();
        if (end < bounds.start() || start > bounds.end()) {
            return done;
        }
        start = Math.max(start, bounds.start());
        end = Math.min(end, bounds.end());
        if (start >= end) {
            return done;
        }
        int characters = Math.min(match.characters(), text.codePointCount(start, end));
        int marked = text.offsetByCodePoints(start, characters);
        out.append(text, done, start)
                .append(format.preTag())
                .append(text, start, marked)
                .append(format.postTag())
                .append(text, marked, end);
        return end;
    }

    /**
     * Where the query matches, in bytes of UTF-8.
     *
     * @param indices indexes into the arrays the text stands in
     */
    void positions(String text, List<Integer> indices, ArrayNode out) {
        List<Token> tokens = matcher.tokens(text);
        for (TextMatch match : matcher.find(text, tokens)) {
            int start = tokens.get(match.firstToken()).start();
            int end = text.offsetByCodePoints(start, match.characters());
            ObjectNode position = Json.object();
            position.put("start", bytes(text, 0, start));
            position.put("length", bytes(text, start, end));
            if (!indices.isEmpty()) {
                ArrayNode array = position.putArray("indices");
                indices.forEach(array::add);
            }
            out.add(position);
        }
    }

    private static int bytes(String text, int start, int end) {
        return text.substring(start, end).getBytes(StandardCharsets.UTF_8).length;
    }
}
