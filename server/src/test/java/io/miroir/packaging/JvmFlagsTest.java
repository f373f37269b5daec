package io.miroir.packaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the options of every JVM of ours are for. */
class JvmFlagsTest {
    private static final long OLD_BYTES_MAX = 5 << 20;

    /** What becomes old is garbage that stays until the heap is full. */
    @Test
    void theLogsLastEntriesDoNotBecomeOld(@TempDir Path scratch)
            throws IOException, InterruptedException {
        List<String> command =
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "@" + Path.of("..", "packaging", "jvm.flags").toAbsolutePath().normalize(),
                        "-Xms256m",
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        WindowOfBytes.class.getName());

        ScriptRun run = ScriptRun.of(scratch, Map.of(), command);

        assertEquals(0, run.exitCode(), run.toString());
        long oldBytes = Long.parseLong(run.out().getLast());
        assertTrue(oldBytes < OLD_BYTES_MAX, () -> oldBytes + " bytes have become old");
    }
}
