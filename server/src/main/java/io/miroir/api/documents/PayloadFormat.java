package io.miroir.api.documents;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.MediaTypes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The formats that documents can be sent in. */
public enum PayloadFormat {
    JSON("application/json", "json"),
    NDJSON("application/x-ndjson", "ndjson"),
    CSV("text/csv", "csv");

    private static final List<String> MEDIA_TYPES =
            List.of(JSON.mediaType, NDJSON.mediaType, CSV.mediaType);

    private final String mediaType;
    private final String word;

    PayloadFormat(String mediaType, String word) {
        this.mediaType = mediaType;
        this.word = word;
    }

    /** The media type in {@code Content-Type}. */
    public String mediaType() {
        return mediaType;
    }

    /** What messages call the format. */
    public String word() {
        return word;
    }

    /** The format that a {@code Content-Type} header names; absent or other ones are refused. */
    public static PayloadFormat of(@Nullable String contentType) {
        String essence = MediaTypes.accepted(contentType, MEDIA_TYPES);
        return switch (essence) {
            case "application/json" -> JSON;
            case "application/x-ndjson" -> NDJSON;
            default -> CSV;
        };
    }

    /** Refuses a CSV delimiter for formats that have none. */
    public void checkDelimiter(@Nullable Character delimiter) {
        if (delimiter != null && this != CSV) {
            throw new ApiException(
                    ErrorCode.INVALID_CONTENT_TYPE,
                    "The Content-Type `"
                            + mediaType
                            + "` does not support the use of a csv delimiter. The csv delimiter can"
                            + " only be used with the Content-Type `text/csv`.");
        }
    }
}
