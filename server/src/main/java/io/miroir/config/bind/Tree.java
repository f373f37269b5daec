package io.miroir.config.bind;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/** A configuration before it has types: what was written, and where. */
public sealed interface Tree {
    /** File and line, environment variable or flag that wrote it. */
    Origin where();

    /**
     * One value as text.
     *
     * @param text null for YAML's null
     */
    record Scalar(Origin where, @Nullable String text) implements Tree {
        /** Whether nothing is written: null or an empty text. */
        public boolean isEmpty() {
            return textOrEmpty().isEmpty();
        }

        /** The text, empty for null. */
        public String textOrEmpty() {
            return text == null ? "" : text;
        }
    }

    /** Values in order. */
    record Listing(Origin where, List<Tree> items) implements Tree {}

    /** Keys with their values, in the order written. */
    record Mapping(Origin where, SequencedMap<String, Tree> entries) implements Tree {
        /** A mapping without keys. */
        public static Mapping empty(Origin where) {
            return new Mapping(where, new LinkedHashMap<>());
        }

        /**
         * This mapping with {@code value} at {@code path}. Sections on the way are made; a scalar
         * on the way is replaced, so that what is wrong with the path shows when it is bound.
         */
        public Mapping with(List<String> path, Tree value) {
            SequencedMap<String, Tree> changed = new LinkedHashMap<>(entries);
            String key = path.getFirst();
            if (path.size() == 1) {
                changed.put(key, value);
            } else {
                Mapping section =
                        changed.get(key) instanceof Mapping mapping
                                ? mapping
                                : empty(value.where());
                changed.put(key, section.with(path.subList(1, path.size()), value));
            }
            return new Mapping(where, changed);
        }

        /** What is written at a dotted key such as {@code nodes[2].id}, or null. */
        public @Nullable Tree at(String key) {
            Tree here = this;
            for (String step : key.split("\\.|(?=\\[)", -1)) {
                here =
                        switch (here) {
                            case Mapping mapping -> mapping.entries().get(step);
                            case Listing listing -> item(listing, step);
                            case Scalar _ -> null;
                        };
                if (here == null) {
                    return null;
                }
            }
            return here;
        }

        private static @Nullable Tree item(Listing listing, String step) {
            if (!step.startsWith("[")) {
                return null;
            }
            int index = Integer.parseInt(step.substring(1, step.length() - 1));
            return index < listing.items().size() ? listing.items().get(index) : null;
        }
    }
}
