package io.miroir.cli.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ScreenTest {
    private final AtomicLong nanos = new AtomicLong();
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    @Test
    void atATerminalOneLineChanges() {
        Screen screen = screen(true);
        screen.progress("1 of 3");
        screen.progress("2 of 3, too soon to be seen");
        nanos.addAndGet(Duration.ofSeconds(1).toNanos());
        screen.progress("3 of 3");
        screen.line("done");
        assertEquals(
                "\r\u001b[K1 of 3\r\u001b[K3 of 3\r\u001b[Kdone\n",
                printed.toString(StandardCharsets.UTF_8));
    }

    @Test
    void inAFileProgressIsALineNowAndThen() {
        Screen screen = screen(false);
        for (int i = 0; i < 12; i++) {
            screen.progress(i + " s");
            nanos.addAndGet(Duration.ofSeconds(1).toNanos());
        }
        assertEquals("0 s\n5 s\n10 s\n", printed.toString(StandardCharsets.UTF_8));
    }

    private Screen screen(boolean live) {
        return new Screen(new PrintStream(printed, true, StandardCharsets.UTF_8), live, nanos::get);
    }
}
