package io.miroir.harness;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A disk of its own for one directory, in memory; there is none where nobody may mount. */
public final class SmallDisk implements AutoCloseable {
    private static final int CHUNK_BYTES = 4_096;

    private final Path mounted;
    private final Path filler;
    private final boolean there;

    private SmallDisk(Path mounted, boolean there) {
        this.mounted = mounted;
        this.filler = mounted.resolve("something-else");
        this.there = there;
    }

    /** Where nobody may mount, it is not there. */
    public static SmallDisk mount(Path directory, int megabytes) throws IOException {
        Files.createDirectories(directory);
        String size = "size=" + megabytes + "m,mode=0700";
        return new SmallDisk(
                directory, run("mount", "-t", "tmpfs", "-o", size, "tmpfs", directory.toString()));
    }

    /** Whether it could be mounted. */
    public boolean isThere() {
        return there;
    }

    /** Takes all the room that is left, as another program's files do. */
    public void fill() {
        byte[] chunk = new byte[CHUNK_BYTES];
        try (OutputStream out =
                Files.newOutputStream(
                        filler, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            while (true) {
                out.write(chunk);
            }
        } catch (IOException full) {
            // As it should be.
        }
    }

    /** Gives that back. */
    public void makeRoom() throws IOException {
        Files.deleteIfExists(filler);
    }

    @Override
    public void close() throws IOException {
        if (there && !run("umount", mounted.toString())) {
            throw new IOException(mounted + " is in use still, and stays mounted");
        }
    }

    private static boolean run(String... command) throws IOException {
        try {
            return new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .onExit()
                            .join()
                            .exitValue()
                    == 0;
        } catch (IOException noSuchProgram) {
            return false;
        }
    }
}
