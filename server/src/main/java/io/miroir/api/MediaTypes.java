package io.miroir.api;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Rules for {@code Content-Type}. */
public final class MediaTypes {
    /** The media type of JSON. */
    public static final String JSON = "application/json";

    private MediaTypes() {}

    /** The type without its parameters, in lower case, if it is one of {@code accepted}. */
    public static String accepted(@Nullable String contentType, List<String> accepted) {
        String listed =
                accepted.stream().map(type -> "`" + type + "`").collect(Collectors.joining(", "));
        if (contentType == null) {
            throw new ApiException(
                    ErrorCode.MISSING_CONTENT_TYPE,
                    "A Content-Type header is missing. Accepted values for the Content-Type header"
                            + " are: "
                            + listed);
        }
        int semicolon = contentType.indexOf(';');
        String essence = semicolon < 0 ? contentType : contentType.substring(0, semicolon);
        essence = essence.trim().toLowerCase(Locale.ROOT);
        if (!accepted.contains(essence)) {
            throw new ApiException(
                    ErrorCode.INVALID_CONTENT_TYPE,
                    "The Content-Type `"
                            + essence
                            + "` is invalid. Accepted values for the Content-Type header are: "
                            + listed);
        }
        return essence;
    }
}
