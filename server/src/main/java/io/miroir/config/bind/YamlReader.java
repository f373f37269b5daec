package io.miroir.config.bind;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLParser;

/** Reads YAML into a {@link Tree} that knows its lines. Aliases and a key said twice are faults. */
public final class YamlReader {
    private static final YAMLFactory YAML = new YAMLFactory();

    private final String source;
    private final boolean lines;
    private final List<Problem> problems;

    private YamlReader(String source, boolean lines, List<Problem> problems) {
        this.source = source;
        this.lines = lines;
        this.problems = problems;
    }

    /**
     * Reads one document; null if it can't be read as YAML.
     *
     * @param source file as the operator named it
     * @param problems takes what is wrong
     */
    public static @Nullable Tree file(String text, String source, List<Problem> problems) {
        return new YamlReader(source, true, problems).document(text);
    }

    /** Reads a value out of an environment variable or flag, which has no lines worth telling. */
    static @Nullable Tree value(String text, String source, List<Problem> problems) {
        return new YamlReader(source, false, problems).document(text);
    }

    private @Nullable Tree document(String text) {
        try (JsonParser parser = YAML.createParser(ObjectReadContext.empty(), text)) {
            JsonToken first = parser.nextToken();
            if (first == null) {
                return new Tree.Scalar(Origin.of(source), null);
            }
            Tree tree = tree(parser, first, where(parser), "");
            if (parser.nextToken() != null) {
                problems.add(new Problem(where(parser), "", "a second document: allowed is one"));
            }
            return tree;
        } catch (JacksonException e) {
            problems.add(new Problem(where(e.getLocation()), "", "not YAML: " + reason(e)));
            return null;
        }
    }

    private Tree tree(JsonParser parser, JsonToken token, Origin where, String key) {
        if (parser instanceof YAMLParser yaml && yaml.isCurrentAlias()) {
            problems.add(new Problem(where, key, "an alias (*) is not supported: write the value"));
            return new Tree.Scalar(where, null);
        }
        return switch (token) {
            case START_OBJECT -> mapping(parser, where, key);
            case START_ARRAY -> listing(parser, where, key);
            case VALUE_NULL -> new Tree.Scalar(where, null);
            default -> new Tree.Scalar(where, parser.getString());
        };
    }

    private Tree mapping(JsonParser parser, Origin where, String path) {
        SequencedMap<String, Tree> entries = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            String key = path.isEmpty() ? name : path + "." + name;
            Origin keyWhere = where(parser);
            Tree value = tree(parser, parser.nextToken(), keyWhere, key);
            Tree earlier = entries.putIfAbsent(name, value);
            if (earlier != null) {
                problems.add(new Problem(keyWhere, key, "set twice: also " + earlier.where()));
            }
        }
        return new Tree.Mapping(where, entries);
    }

    private Tree listing(JsonParser parser, Origin where, String path) {
        List<Tree> items = new ArrayList<>();
        for (JsonToken token = parser.nextToken();
                token != JsonToken.END_ARRAY;
                token = parser.nextToken()) {
            items.add(tree(parser, token, where(parser), path + "[" + items.size() + "]"));
        }
        return new Tree.Listing(where, items);
    }

    private Origin where(JsonParser parser) {
        return where(parser.currentTokenLocation());
    }

    private Origin where(@Nullable TokenStreamLocation location) {
        int line = lines && location != null ? Math.max(0, location.getLineNr()) : 0;
        return new Origin(source, line);
    }

    /**
     * The parser's reason without its excerpt of the file, which may hold what nobody should see.
     */
    private static String reason(JacksonException e) {
        String message = e.getOriginalMessage();
        return message == null
                ? "cannot be read"
                : message.lines().findFirst().orElse("cannot be read");
    }
}
