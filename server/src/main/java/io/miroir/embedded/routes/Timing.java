package io.miroir.embedded.routes;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import tools.jackson.databind.node.ObjectNode;

/** Measures how long an answer takes. */
record Timing(InstantSource clock, Instant begin) {

    static Timing start(InstantSource clock) {
        return new Timing(clock, clock.instant());
    }

    /** Milliseconds since the begin; not less than 0 when the clock is set back. */
    long millis() {
        return Math.max(0, elapsed().toMillis());
    }

    /** Tells a client that asks for them how the time was spent: this node knows only the sum. */
    void show(ObjectNode json) {
        json.putObject("performanceDetails").put("search", text(elapsed()));
    }

    private Duration elapsed() {
        return Duration.between(begin, clock.instant());
    }

    private static String text(Duration elapsed) {
        double micros = Math.max(0, elapsed.toNanos()) / 1e3;
        if (micros < 1e3) {
            return String.format(Locale.ROOT, "%.2fµs", micros);
        }
        return micros < 1e6
                ? String.format(Locale.ROOT, "%.2fms", micros / 1e3)
                : String.format(Locale.ROOT, "%.2fs", micros / 1e6);
    }
}
