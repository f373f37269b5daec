package io.miroir.raft;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** As long as it is open, the disk of a process answers each sync with an I/O error. */
final class FailingSync implements AutoCloseable {
    private final Process strace;

    /** Skips the test where strace is missing, or may not look at processes. */
    FailingSync(MemberJvm process) throws IOException {
        assumeTrue(MemberJvm.run("strace", "-V"), "strace is not there");
        strace =
                new ProcessBuilder(
                                "strace",
                                "-f",
                                "-p",
                                process.pid(),
                                "-o",
                                "/dev/null",
                                "-e",
                                "trace=fsync,fdatasync",
                                "-e",
                                "inject=fsync,fdatasync:error=EIO")
                        .redirectErrorStream(true)
                        .start();
        if (!attached()) {
            close();
            assumeTrue(false, "strace may not look at processes here");
        }
    }

    /** It says so when it has all threads. */
    private boolean attached() throws IOException {
        BufferedReader said = strace.inputReader(StandardCharsets.UTF_8);
        for (String line = said.readLine(); line != null; line = said.readLine()) {
            if (line.contains(" attached")) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void close() {
        strace.destroy();
        strace.onExit().join();
    }
}
