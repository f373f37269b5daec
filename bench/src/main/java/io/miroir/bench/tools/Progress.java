package io.miroir.bench.tools;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Tells on standard error what is being measured and how long it has taken: one line that is
 * written over each second on a terminal, a line a measurement elsewhere.
 */
public final class Progress implements AutoCloseable {
    /** Whether standard error is a terminal; the launcher looks, Java tells of its input only. */
    private static final String TERMINAL_PROPERTY = "miroir.bench.terminal";

    private static final String ERASE = "\r\033[K";

    private static final long UNKNOWN = Long.MIN_VALUE;

    private final int measurements;
    private final boolean terminal;
    private final PrintStream out;
    private final long startNanos = System.nanoTime();
    private final ScheduledExecutorService ticker =
            Executors.newSingleThreadScheduledExecutor(
                    task -> Thread.ofPlatform().daemon().unstarted(task));
    private int begun;
    private String measurement = "";
    private String what = "";
    private long sinceNanos = startNanos;
    private long endNanos = UNKNOWN;

    /** Progress of so many measurements, on standard error. */
    public Progress(int measurements) {
        this(measurements, Boolean.getBoolean(TERMINAL_PROPERTY), System.err);
    }

    Progress(int measurements, boolean terminal, PrintStream out) {
        this.measurements = measurements;
        this.terminal = terminal;
        this.out = out;
        if (terminal) {
            var _ = ticker.scheduleAtFixedRate(this::tick, 1, 1, TimeUnit.SECONDS);
        }
    }

    /** The next measurement, and how long the rest will take, this one too. */
    public synchronized void begin(String name, Duration left) {
        endNanos = System.nanoTime() + left.toNanos();
        begin(name);
    }

    /** The next measurement. */
    public synchronized void begin(String name) {
        begun++;
        measurement = name;
        tell(name);
    }

    /** A step of the measurement that is under way. */
    public synchronized void step(String name) {
        tell(measurement + ": " + name);
    }

    private void tell(String now) {
        what = now;
        sinceNanos = System.nanoTime();
        if (terminal) {
            tick();
        } else {
            out.println(line());
        }
    }

    /** Before something else is printed on the terminal. */
    public synchronized void clear() {
        if (terminal) {
            out.print(ERASE);
            out.flush();
        }
    }

    @Override
    public void close() {
        ticker.shutdownNow();
        clear();
    }

    private synchronized void tick() {
        out.print(ERASE + line());
        out.flush();
    }

    private String line() {
        return "[%d of %d, %s%s] %s %s"
                .formatted(begun, measurements, clock(startNanos), left(), what, clock(sinceNanos));
    }

    private String left() {
        if (endNanos == UNKNOWN) {
            return "";
        }
        long minutes = Math.ceilDiv(endNanos - System.nanoTime(), 60_000_000_000L);
        return ", about %d min left".formatted(Math.max(1, minutes));
    }

    private static String clock(long fromNanos) {
        long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - fromNanos);
        return String.format(Locale.ROOT, "%d:%02d", seconds / 60, seconds % 60);
    }
}
