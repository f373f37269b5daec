package io.miroir.logging;

import java.text.MessageFormat;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Passes on what libraries log by the JDK's own logger (gRPC, Lucene), so that it looks alike. */
final class JulHandler extends Handler {
    @Override
    public void publish(LogRecord logged) {
        String name = logged.getLoggerName();
        Logger logger = LoggerFactory.getLogger(name == null ? "jul" : name);
        org.slf4j.event.Level level = level(logged.getLevel());
        if (logger.isEnabledForLevel(level)) {
            logger.atLevel(level).setCause(logged.getThrown()).log(message(logged));
        }
    }

    private static String message(LogRecord logged) {
        Object[] parameters = logged.getParameters();
        String text = String.valueOf(logged.getMessage());
        try {
            return parameters == null || parameters.length == 0
                    ? text
                    : MessageFormat.format(text, parameters);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }

    private static org.slf4j.event.Level level(Level level) {
        int value = level.intValue();
        if (value >= Level.SEVERE.intValue()) {
            return org.slf4j.event.Level.ERROR;
        }
        if (value >= Level.WARNING.intValue()) {
            return org.slf4j.event.Level.WARN;
        }
        // The JDK's INFO is chatter of libraries, not news of the pod.
        return org.slf4j.event.Level.DEBUG;
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
}
