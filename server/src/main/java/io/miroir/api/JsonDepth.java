package io.miroir.api;

import java.util.Optional;

/** Tells where JSON is nested too deeply, in the words of serde_json; its reader does not. */
public final class JsonDepth {
    private JsonDepth() {}

    /** The first place that is deeper than {@link Json#DEPTH_MAX}; empty if there is none. */
    public static Optional<String> fault(byte[] json) {
        int depth = 0;
        int line = 1;
        int column = 0;
        boolean inText = false;
        for (int i = 0; i < json.length; i++) {
            column++;
            switch (json[i]) {
                case '"' -> inText = !inText;
                case '\\' -> {
                    // What is escaped ends no text.
                    i++;
                    column++;
                }
                case '\n' -> {
                    line++;
                    column = 0;
                }
                case '[', '{' -> depth += inText ? 0 : 1;
                case ']', '}' -> depth -= inText ? 0 : 1;
                default -> {
                    // Part of a value.
                }
            }
            if (depth > Json.DEPTH_MAX) {
                return Optional.of(
                        "recursion limit exceeded at line %d column %d".formatted(line, column));
            }
        }
        return Optional.empty();
    }
}
