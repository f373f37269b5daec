package io.miroir.fanout.lane;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A change of one index, authenticated and with aliases resolved; its body comes beside it.
 *
 * @param indexUid the index, which is the lane's name
 * @param parameters by the names below, and nothing else
 */
public record WriteRequest(Operation operation, String indexUid, Map<String, String> parameters) {
    /** Media type of a document payload. */
    public static final String CONTENT_TYPE = "contentType";

    /** One ASCII character. */
    public static final String CSV_DELIMITER = "csvDelimiter";

    /** The primary key that the client names. */
    public static final String PRIMARY_KEY = "primaryKey";

    /** {@code true} if documents that are not there stay away. */
    public static final String SKIP_CREATION = "skipCreation";

    /** The id of one document. */
    public static final String ID = "id";

    /** The client's own text, shown with the task. */
    public static final String CUSTOM_METADATA = "customMetadata";

    /** The client's {@code Idempotency-Key}. */
    public static final String IDEMPOTENCY_KEY = "idempotencyKey";

    /** The client's session, of which this is a write. */
    public static final String SESSION = "session";

    /** The name that an index is to have. */
    public static final String NEW_UID = "newUid";

    /** {@code true} if settings go back to their defaults, which creates no index. */
    public static final String RESET = "reset";

    /** {@code true} if the client may not create the index: a write to one that is absent fails. */
    public static final String NO_CREATION = "noCreation";

    /**
     * What a retry with the same idempotency key must ask for again: not the body alone, as two
     * deletions have the same one.
     *
     * @param bodySha256 of the body, 64 hex digits
     * @return 64 hex digits
     */
    String fingerprint(String bodySha256) {
        Map<String, String> asked = new TreeMap<>(parameters);
        asked.remove(IDEMPOTENCY_KEY);
        asked.remove(SESSION);
        asked.remove(NO_CREATION);
        StringBuilder text = new StringBuilder();
        // Each part with its length, so that no two requests make the same text.
        Stream.concat(
                        Stream.of(operation.wireName(), indexUid, bodySha256),
                        asked.entrySet().stream().flatMap(p -> Stream.of(p.getKey(), p.getValue())))
                .forEach(part -> text.append(part.length()).append(':').append(part));
        try {
            byte[] utf8 = text.toString().getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(utf8));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Whether the index is created if there is none. */
    boolean creates() {
        return parameter(RESET) == null && parameter(NO_CREATION) == null;
    }

    /** A parameter, or null. */
    public @Nullable String parameter(String name) {
        return parameters.get(name);
    }
}
