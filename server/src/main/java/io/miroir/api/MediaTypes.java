package io.miroir.api;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Rules for {@code Content-Type}. */
public final class MediaTypes {
    /** The media type of JSON. */
    public static final String JSON = "application/json";

    private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]";
    private static final String QUOTED = "\"[^\"\\\\\\x00-\\x08\\x0a-\\x1f\\x7f]*\"";

    /** With its parameters: no blank before a semicolon, and a value after each name. */
    private static final Pattern TYPE =
            Pattern.compile(
                    "(T+)/(T+)(?:; *T+=(?:T*|Q))*(?:; *)?"
                            .replace("T", TOKEN)
                            .replace("Q", QUOTED));

    /** A longer one is none. */
    private static final int CHARS_MAX = 1_000;

    private MediaTypes() {}

    /**
     * A type without its parameters, in lower case.
     *
     * @param suffix what is behind the last plus; empty without one
     */
    private record Type(String type, String subtype, String suffix) {
        static Optional<Type> of(String contentType) {
            Matcher matcher = TYPE.matcher(contentType);
            if (contentType.length() > CHARS_MAX || !matcher.matches()) {
                return Optional.empty();
            }
            String subtype = matcher.group(2).toLowerCase(Locale.ROOT);
            int plus = subtype.lastIndexOf('+');
            return Optional.of(
                    new Type(
                            matcher.group(1).toLowerCase(Locale.ROOT),
                            plus > 0 ? subtype.substring(0, plus) : subtype,
                            plus > 0 ? subtype.substring(plus + 1) : ""));
        }

        String essence() {
            return type + "/" + subtype;
        }
    }

    /** The type without parameters and suffix, if it is one of {@code accepted}. */
    public static String accepted(@Nullable String contentType, List<String> accepted) {
        if (contentType == null) {
            throw missing(accepted);
        }
        String essence = Type.of(contentType).map(Type::essence).orElse(contentType);
        if (!accepted.contains(essence)) {
            throw invalid(essence, accepted);
        }
        return essence;
    }

    /** Any type that is JSON by its name will do, as {@code application/geo+json}. */
    public static void requireJson(@Nullable String contentType) {
        if (contentType == null) {
            throw missing(List.of(JSON));
        }
        boolean json =
                Type.of(contentType)
                        .filter(
                                type ->
                                        type.subtype().equals("json")
                                                || type.suffix().equals("json"))
                        .isPresent();
        if (!json) {
            String shown = HeaderText.isVisible(contentType) ? contentType : "unknown";
            throw invalid(shown, List.of(JSON));
        }
    }

    private static ApiException missing(List<String> accepted) {
        return new ApiException(
                ErrorCode.MISSING_CONTENT_TYPE,
                "A Content-Type header is missing. Accepted values for the Content-Type header"
                        + " are: "
                        + listed(accepted));
    }

    private static ApiException invalid(String shown, List<String> accepted) {
        return new ApiException(
                ErrorCode.INVALID_CONTENT_TYPE,
                "The Content-Type `"
                        + shown
                        + "` is invalid. Accepted values for the Content-Type header are: "
                        + listed(accepted));
    }

    private static String listed(List<String> accepted) {
        return accepted.stream().map(type -> "`" + type + "`").collect(Collectors.joining(", "));
    }
}
