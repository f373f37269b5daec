package io.miroir.packaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code bin/miroir} of a packaged image: whether it gives Java the AOT cache. JDK 25 itself would
 * take a cache of other jars and run the classes of old ones.
 */
class ImageScriptTest {
    private static final FileTime BUILT = FileTime.from(Instant.parse("2026-01-01T00:00:00Z"));
    private static final String WARNING = "the AOT cache does not fit";

    @TempDir private Path image;
    private Path app;

    @BeforeEach
    void lay() throws IOException, InterruptedException {
        app = Files.createDirectories(image.resolve("app"));
        Files.createDirectories(app.resolve("lib"));
        Files.writeString(app.resolve("miroir-server.jar"), "server");
        Files.writeString(app.resolve("lib/one.jar"), "library");
        Files.writeString(app.resolve("miroir.aot"), "cache");
        Files.writeString(app.resolve("commands.aot"), "a smaller one");
        ScriptRun.write(
                image.resolve("bin/miroir"),
                Files.readString(Path.of("..", "packaging", "image-miroir")));
        ScriptRun.write(image.resolve("runtime/bin/java"), ScriptRun.TELLS_ITS_WORDS);
        // As packaging/build.sh does after the training run.
        String count = "cd '" + app + "' && wc -c ./*.jar lib/*.jar >miroir.aot.jars";
        ScriptRun.of(image, Map.of(), List.of("sh", "-c", count));
        try (Stream<Path> files = Files.walk(app)) {
            for (Path file : files.toList()) {
                Files.setLastModifiedTime(file, BUILT);
            }
        }
    }

    @Test
    void theCacheOfTheVeryJarsIsGivenToJava() throws IOException, InterruptedException {
        ScriptRun run = miroir("serve");

        assertTrue(run.out().contains("-XX:AOTCache=" + app.resolve("miroir.aot")), run.toString());
        assertTrue(
                run.out().contains("-Dmiroir.aot.cache=" + app.resolve("miroir.aot")),
                "or the children of a demo would start without it");
        assertEquals("", run.err());
    }

    @Test
    void anotherJarWarnsAndRunsWithoutTheCache() throws IOException, InterruptedException {
        Files.writeString(app.resolve("lib/one.jar"), "another library");
        Files.setLastModifiedTime(app.resolve("lib/one.jar"), BUILT);
        assertRejected(miroir());
    }

    @Test
    void aJarOfTheSameSizeThatIsNewerWarnsToo() throws IOException, InterruptedException {
        Files.setLastModifiedTime(
                app.resolve("miroir-server.jar"), FileTime.from(BUILT.toInstant().plusSeconds(60)));
        assertRejected(miroir());
    }

    @Test
    void aLostCacheWarnsToo() throws IOException, InterruptedException {
        Files.delete(app.resolve("miroir.aot"));
        assertRejected(miroir("serve"));
    }

    /** Java finds the same jars and options either way, and what the user wrote comes whole. */
    @Test
    void argumentsAndOptionsArePassedOn() throws IOException, InterruptedException {
        ScriptRun run = miroir("serve", "--set", "log.format=a b");

        assertEquals("@" + app.resolve("jvm.flags"), run.out().getFirst());
        assertTrue(run.out().contains("-Xmx1g") && run.out().contains("-Xss1m"), run.toString());
        assertEquals(
                List.of(
                        "-jar",
                        app.resolve("miroir-server.jar").toString(),
                        "serve",
                        "--set",
                        "log.format=a b"),
                run.out().subList(run.out().size() - 5, run.out().size()));
    }

    @Test
    void aCommandThatEndsSoonIsCompiledQuicklyAndHasACacheOfItsOwn()
            throws IOException, InterruptedException {
        List<String> quick =
                List.of("-XX:TieredStopAtLevel=1", "-XX:AOTCache=" + app.resolve("commands.aot"));
        assertTrue(miroir("cluster", "keys").out().containsAll(quick));
        assertTrue(miroir("serve").out().stream().noneMatch(quick::contains));
        Files.delete(app.resolve("commands.aot"));
        assertRejected(miroir("cluster", "keys"));
    }

    private static void assertRejected(ScriptRun run) {
        assertTrue(run.err().contains(WARNING), run.toString());
        assertFalse(run.out().stream().anyMatch(word -> word.contains("AOT")), run.toString());
        assertTrue(run.out().contains("-jar"), "it starts all the same");
    }

    private ScriptRun miroir(String... arguments) throws IOException, InterruptedException {
        List<String> command =
                Stream.concat(
                                Stream.of(image.resolve("bin/miroir").toString()),
                                Stream.of(arguments))
                        .toList();
        ScriptRun run = ScriptRun.of(image, Map.of("MIROIR_JAVA_OPTS", "-Xmx1g -Xss1m"), command);
        assertEquals(0, run.exitCode(), run.err());
        return run;
    }
}
