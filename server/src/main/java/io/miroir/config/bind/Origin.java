package io.miroir.config.bind;

/**
 * Where something was written.
 *
 * @param source file as the operator named it, environment variable or flag
 * @param line counted from 1; 0 where there are no lines
 */
public record Origin(String source, int line) {
    private static final String ENVIRONMENT = "environment ";

    /** A whole file or anything else without lines. */
    public static Origin of(String source) {
        return new Origin(source, 0);
    }

    /** An environment variable. */
    public static Origin environment(String variable) {
        return of(ENVIRONMENT + variable);
    }

    boolean isEnvironment() {
        return source.startsWith(ENVIRONMENT);
    }

    @Override
    public String toString() {
        return line == 0 ? source : source + ":" + line;
    }
}
