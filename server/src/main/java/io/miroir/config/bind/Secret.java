package io.miroir.config.bind;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A value that is never written to logs, messages or dumps: only {@link #reveal} shows it.
 *
 * @param value the secret itself; empty if none was given
 * @param file where it stands as first line, further ones that are good below it; null if it came
 *     another way
 */
public record Secret(String value, @Nullable Path file) {
    /** No secret given. */
    public static final Secret NONE = new Secret("");

    /** One that is no file's. */
    public Secret(String value) {
        this(value, null);
    }

    /** Whether one was given. */
    public boolean isSet() {
        return !value.isEmpty();
    }

    /** Its length as bytes of UTF-8. */
    public int bytes() {
        return value.getBytes(StandardCharsets.UTF_8).length;
    }

    /** The secret itself: for the place that uses it, never for a message. */
    public String reveal() {
        return value;
    }

    @Override
    public String toString() {
        return isSet() ? "(secret)" : "(none)";
    }
}
