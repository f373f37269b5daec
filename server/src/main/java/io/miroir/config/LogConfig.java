package io.miroir.config;

import io.miroir.config.bind.Default;

/**
 * What is logged, to standard output.
 *
 * @param level least level that is written
 * @param format one JSON object a line, or text for eyes
 */
public record LogConfig(@Default("info") Level level, @Default("json") Format format) {

    /** From everything to trouble only. */
    public enum Level {
        TRACE,
        DEBUG,
        INFO,
        WARN,
        ERROR
    }

    /** How a line looks. */
    public enum Format {
        JSON,
        TEXT
    }
}
