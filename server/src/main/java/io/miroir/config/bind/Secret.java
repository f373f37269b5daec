package io.miroir.config.bind;

import java.nio.charset.StandardCharsets;

/**
 * A value that is never written to logs, messages or dumps: only {@link #reveal} shows it.
 *
 * @param value the secret itself; empty if none was given
 */
public record Secret(String value) {
    /** No secret given. */
    public static final Secret NONE = new Secret("");

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
