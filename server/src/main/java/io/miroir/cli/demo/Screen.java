package io.miroir.cli.demo;

import java.io.PrintStream;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * The demo's output: lines, and one line at the bottom that changes. Where nobody watches (a file,
 * a pipe) that line is printed now and then instead. For several threads.
 */
public final class Screen {
    private static final long REDRAW_NANOS = Duration.ofMillis(100).toNanos();
    private static final long REPRINT_NANOS = Duration.ofSeconds(5).toNanos();
    private static final String CLEAR_LINE = "\r\u001b[K";

    private final PrintStream out;
    private final boolean live;
    private final LongSupplier nanos;
    private final Object lock = new Object();
    private boolean drawn;
    private long nextNanos;

    /**
     * @param live whether a person watches at a terminal
     * @param nanos a clock as System::nanoTime
     */
    public Screen(PrintStream out, boolean live, LongSupplier nanos) {
        this.out = out;
        this.live = live;
        this.nanos = nanos;
        this.nextNanos = nanos.getAsLong();
    }

    /** Prints a line that stays. */
    public void line(String text) {
        synchronized (lock) {
            clear();
            out.println(text);
            out.flush();
        }
    }

    /** An empty line. */
    public void gap() {
        line("");
    }

    /** Shows the line that changes; too frequent calls are left out. */
    public void progress(String text) {
        synchronized (lock) {
            long now = nanos.getAsLong();
            if (now - nextNanos < 0) {
                return;
            }
            nextNanos = now + (live ? REDRAW_NANOS : REPRINT_NANOS);
            if (live) {
                out.print(CLEAR_LINE + text);
                drawn = true;
            } else {
                out.println(text);
            }
            out.flush();
        }
    }

    private void clear() {
        if (drawn) {
            out.print(CLEAR_LINE);
            drawn = false;
        }
        nextNanos = nanos.getAsLong();
    }
}
