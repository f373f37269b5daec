package io.miroir.api.strict;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** The kinds of JSON values that error messages tell apart, in the order they are listed. */
public enum Kind {
    NULL("null"),
    BOOLEAN("a boolean"),
    INTEGER("a positive integer"),
    NEGATIVE_INTEGER("a negative integer"),
    FLOAT("a number"),
    STRING("a string"),
    ARRAY("an array"),
    OBJECT("an object");

    private final String described;

    Kind(String described) {
        this.described = described;
    }

    /** The kind of a value. */
    public static Kind of(JsonNode node) {
        return switch (node.getNodeType()) {
            case NULL, MISSING, BINARY, POJO -> NULL;
            case BOOLEAN -> BOOLEAN;
            case STRING -> STRING;
            case ARRAY -> ARRAY;
            case OBJECT -> OBJECT;
            case NUMBER -> {
                if (!node.isIntegralNumber()) {
                    yield FLOAT;
                }
                yield node.bigIntegerValue().signum() < 0 ? NEGATIVE_INTEGER : INTEGER;
            }
        };
    }

    /** "a string", or "an array or an object": what was found or expected. */
    static String describe(Set<Kind> kinds) {
        List<String> words = new ArrayList<>();
        EnumSet<Kind> left = EnumSet.copyOf(kinds);
        if (left.remove(NULL)) {
            words.add(NULL.described);
        }
        if (left.remove(BOOLEAN)) {
            words.add(BOOLEAN.described);
        }
        if (left.contains(FLOAT)) {
            words.add(FLOAT.described);
        } else if (left.contains(INTEGER) && left.contains(NEGATIVE_INTEGER)) {
            words.add("an integer");
        } else if (left.contains(INTEGER)) {
            words.add(INTEGER.described);
        } else if (left.contains(NEGATIVE_INTEGER)) {
            words.add(NEGATIVE_INTEGER.described);
        }
        left.removeAll(EnumSet.of(FLOAT, INTEGER, NEGATIVE_INTEGER));
        left.forEach(kind -> words.add(kind.described));
        return switch (words.size()) {
            case 1 -> words.getFirst();
            case 2 -> words.getFirst() + " or " + words.getLast();
            default ->
                    String.join(", ", words.subList(0, words.size() - 1))
                            + ", or "
                            + words.getLast();
        };
    }
}
