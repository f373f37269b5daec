package io.miroir.config.bind;

import io.miroir.api.strict.DidYouMean;
import java.lang.reflect.Method;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Turns the text of one scalar into its type, or says what would be allowed. */
final class Scalars {
    /** What became of a text. */
    sealed interface Parsed {
        /** A value of the type. */
        record Value(Object value) implements Parsed {}

        /** A value, and something the operator should know about the word. */
        record Warned(Object value, String warning) implements Parsed {}

        /** Not a value of the type; the message completes {@code KEY: }. */
        record Refused(String message) implements Parsed {}
    }

    private Scalars() {}

    static Parsed parse(
            Class<?> type, String text, @Nullable Range range, @Nullable Scheme scheme) {
        if (type == boolean.class) {
            return switch (text) {
                case "true" -> new Parsed.Value(true);
                case "false" -> new Parsed.Value(false);
                default -> refused(text, "true or false");
            };
        }
        if (type == int.class || type == long.class) {
            return integer(type, text, range);
        }
        if (type == double.class) {
            return decimal(text, range);
        }
        if (type == URI.class) {
            return url(text, scheme);
        }
        if (type == Path.class) {
            return path(text);
        }
        if (type.isEnum()) {
            return word(type, text);
        }
        if (type.isAnnotationPresent(Text.class)) {
            return ownText(type, text);
        }
        return text.isBlank() ? refused(text, "a text that is not empty") : new Parsed.Value(text);
    }

    private static Parsed integer(Class<?> type, String text, @Nullable Range range) {
        String allowed = "a whole number" + (range == null ? "" : " of " + bounds(range));
        long number;
        try {
            number = Long.parseLong(text);
        } catch (NumberFormatException e) {
            return refused(text, allowed);
        }
        boolean fits = type == long.class || number == (int) number;
        if (!fits || (range != null && (number < range.min() || number > range.max()))) {
            return refused(text, allowed);
        }
        return type == long.class ? new Parsed.Value(number) : new Parsed.Value((int) number);
    }

    private static Parsed decimal(String text, @Nullable Range range) {
        String allowed = "a number" + (range == null ? "" : " of " + bounds(range));
        double number;
        try {
            number = Double.parseDouble(text);
        } catch (NumberFormatException e) {
            return refused(text, allowed);
        }
        boolean outside = range != null && (number < range.min() || number > range.max());
        return outside || !Double.isFinite(number)
                ? refused(text, allowed)
                : new Parsed.Value(number);
    }

    private static Parsed url(String text, @Nullable Scheme scheme) {
        List<String> schemes = scheme == null ? List.of("http", "https") : List.of(scheme.value());
        String allowed =
                schemes.stream().map(s -> s + "://").collect(Collectors.joining(" or "))
                        + " with host, without user";
        try {
            URI url = new URI(text);
            boolean good =
                    url.getScheme() != null
                            && schemes.contains(url.getScheme())
                            && url.getHost() != null
                            && url.getRawUserInfo() == null;
            // The text is not told: a URL with a user has a password in it.
            return good ? new Parsed.Value(url) : new Parsed.Refused("allowed is " + allowed);
        } catch (URISyntaxException e) {
            return new Parsed.Refused("not a URL: allowed is " + allowed);
        }
    }

    private static Parsed path(String text) {
        try {
            return text.isBlank() ? refused(text, "a path") : new Parsed.Value(Path.of(text));
        } catch (InvalidPathException e) {
            return refused(text, "a path");
        }
    }

    private static Parsed word(Class<?> type, String text) {
        List<String> words =
                Arrays.stream(type.getEnumConstants()).map(c -> Schema.word((Enum<?>) c)).toList();
        int index = words.indexOf(text);
        if (index >= 0) {
            return new Parsed.Value(type.getEnumConstants()[index]);
        }
        for (Object constant : type.getEnumConstants()) {
            for (Former former : formerWords((Enum<?>) constant)) {
                if (former.value().equals(text)) {
                    String message = "`" + text + "`: " + former.why();
                    return former.refused()
                            ? new Parsed.Refused(message)
                            : new Parsed.Warned(constant, message);
                }
            }
        }
        String near = DidYouMean.nearest(text, words);
        return refused(
                text,
                String.join(", ", words) + (near == null ? "" : "; did you mean `" + near + "`?"));
    }

    private static Former[] formerWords(Enum<?> constant) {
        try {
            return constant.getDeclaringClass()
                    .getField(constant.name())
                    .getAnnotationsByType(Former.class);
        } catch (NoSuchFieldException e) {
            throw new LinkageError("an enum constant is a field", e);
        }
    }

    private static Parsed ownText(Class<?> type, String text) {
        try {
            Method parse = type.getMethod("parse", String.class);
            Object value = parse.invoke(null, text);
            return value == null
                    ? refused(text, type.getAnnotation(Text.class).allowed())
                    : new Parsed.Value(value);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(type + " has no parse(String) that answers", e);
        }
    }

    private static Parsed refused(String text, String allowed) {
        return new Parsed.Refused("`" + text + "`: allowed is " + allowed);
    }

    /** Bounds as an operator reads them: whole numbers without a decimal point. */
    static String bounds(Range range) {
        return number(range.min()) + " to " + number(range.max());
    }

    private static String number(double bound) {
        return bound == Math.rint(bound) ? Long.toString((long) bound) : Double.toString(bound);
    }
}
