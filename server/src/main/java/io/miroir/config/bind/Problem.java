package io.miroir.config.bind;

/**
 * What is wrong, or worth a warning, in one place of a configuration.
 *
 * @param where place to put it right
 * @param key full key below {@code miroir}, or empty when the whole source is meant
 * @param message value, what is wrong with it, what is allowed
 */
public record Problem(Origin where, String key, String message) {
    @Override
    public String toString() {
        return key.isEmpty() ? where + ": " + message : where + ": " + key + ": " + message;
    }
}
