package io.miroir.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import io.miroir.config.LogConfig;
import java.util.List;
import java.util.logging.LogManager;
import org.slf4j.LoggerFactory;

/**
 * Sets up logging, without files to configure it. Until {@link #apply} is called only warnings are
 * written, as text to standard error, so that commands keep standard output for what they answer.
 */
public final class Logging extends ContextAwareBase implements Configurator {
    /** Libraries whose everyday talk is no news for an operator. */
    private static final List<String> QUIET =
            List.of(
                    "org.apache.ratis",
                    "io.grpc",
                    "io.netty",
                    "io.undertow",
                    "org.xnio",
                    "org.jboss");

    /** Made by logback, which finds this class as a service. */
    public Logging() {}

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        install(context, new TextEncoder(), "System.err", Level.WARN);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /** Writes to standard output from now on, as configured. */
    public static void apply(LogConfig config) {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        Encoder<ILoggingEvent> encoder =
                switch (config.format()) {
                    case JSON -> new JsonEncoder();
                    case TEXT -> new TextEncoder();
                };
        Level level = Level.valueOf(config.level().name());
        install(context, encoder, "System.out", level);
        if (level.isGreaterOrEqual(Level.INFO)) {
            Level quiet = level.isGreaterOrEqual(Level.WARN) ? level : Level.WARN;
            QUIET.forEach(name -> context.getLogger(name).setLevel(quiet));
        }
        LogManager.getLogManager().reset();
        java.util.logging.Logger.getLogger("").addHandler(new JulHandler());
    }

    private static void install(
            LoggerContext context, Encoder<ILoggingEvent> encoder, String target, Level level) {
        encoder.setContext(context);
        encoder.start();
        ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
        appender.setContext(context);
        appender.setTarget(target);
        appender.setEncoder(encoder);
        appender.start();
        ch.qos.logback.classic.Logger root = context.getLogger("ROOT");
        root.addAppender(appender);
        root.setLevel(level);
    }
}
