package io.miroir.packaging;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;

/**
 * What a script said.
 *
 * @param out its lines on standard output
 * @param err all of standard error
 */
record ScriptRun(int exitCode, List<String> out, String err) {
    /** A stand-in for a program, which says what it is given: a word a line. */
    static final String TELLS_ITS_WORDS = "#!/bin/sh\nprintf '%s\\n' \"$@\"\n";

    /** Makes a file that can be run. */
    static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /**
     * Runs a command to its end.
     *
     * @param scratch where its standard error is kept meanwhile
     * @param environment beside this process's own
     */
    static ScriptRun of(Path scratch, Map<String, String> environment, List<String> command)
            throws IOException, InterruptedException {
        Path err = Files.createTempFile(scratch, "err", "");
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(err.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        List<String> out = process.inputReader().lines().toList();
        return new ScriptRun(process.waitFor(), out, Files.readString(err));
    }
}
