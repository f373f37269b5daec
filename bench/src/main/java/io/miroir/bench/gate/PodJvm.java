package io.miroir.bench.gate;

import io.miroir.bench.tools.Directories;
import io.miroir.bench.tools.PodFlags;
import io.miroir.cli.fleet.JavaLaunch;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How the JVMs of both sides start: as those of an image do, which is what operators run. With its
 * options, SQLite's native part unpacked beforehand, and an AOT cache, made by a training run on
 * the very jars that are measured.
 */
final class PodJvm {
    private static final int COMMAND_HEAP_MEGABYTES = 128;
    private static final Duration TRAINING_MAX = Duration.ofMinutes(5);
    private static final JavaLaunch LIKE_THIS = PodFlags.launch();
    private static volatile List<String> prepared = PodFlags.ALL;
    private static volatile List<String> preparedForCommands = PodFlags.ALL;

    private PodJvm() {}

    /** As an image does, once {@link #prepare} was called; before that without a cache. */
    static JavaLaunch launch() {
        return new JavaLaunch(LIKE_THIS.java(), LIKE_THIS.classPath(), prepared);
    }

    /**
     * A command of an operator: as the image's launcher, without the compiler that takes time, and
     * with a cache of its own.
     */
    static List<String> command(List<String> arguments) {
        List<String> options = new ArrayList<>(preparedForCommands);
        options.add("-XX:TieredStopAtLevel=1");
        return new JavaLaunch(LIKE_THIS.java(), LIKE_THIS.classPath(), options)
                .command(COMMAND_HEAP_MEGABYTES, "io.miroir.cli.Main", arguments);
    }

    /** Makes the cache, unless it is there already for these jars. */
    static void prepare() {
        List<Path> jars =
                Stream.of(LIKE_THIS.classPath().split(File.pathSeparator, -1))
                        .map(Path::of)
                        .toList();
        Path dir = jars.getFirst().resolveSibling("gate");
        Path cache = dir.resolve("pods.aot");
        Path commandsCache = dir.resolve("commands.aot");
        List<String> options = new ArrayList<>(PodFlags.ALL);
        try {
            Files.createDirectories(dir);
            nativePart(dir).ifPresent(options::add);
            if (!isNewerThanAll(cache, jars) || !isNewerThanAll(commandsCache, jars)) {
                System.err.println("training the AOT caches of the JVMs that are measured");
                train(cache, commandsCache, options);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("no AOT cache in " + dir, e);
        }
        prepared = with(cache, options);
        preparedForCommands = with(commandsCache, options);
    }

    private static List<String> with(Path cache, List<String> options) {
        List<String> all = new ArrayList<>(options);
        all.add("-XX:AOTCache=" + cache);
        return List.copyOf(all);
    }

    private static Optional<String> nativePart(Path dir) throws IOException {
        String machine =
                switch (System.getProperty("os.arch")) {
                    case "amd64" -> "x86_64";
                    default -> System.getProperty("os.arch");
                };
        String name = "libsqlitejdbc.so";
        String resource = "/org/sqlite/native/Linux/%s/%s".formatted(machine, name);
        try (InputStream in = PodJvm.class.getResourceAsStream(resource)) {
            if (in == null) {
                return Optional.empty();
            }
            Files.copy(in, dir.resolve(name), StandardCopyOption.REPLACE_EXISTING);
            return Optional.of("-Dorg.sqlite.lib.path=" + dir);
        }
    }

    private static boolean isNewerThanAll(Path cache, List<Path> jars) throws IOException {
        if (!Files.exists(cache)) {
            return false;
        }
        FileTime made = Files.getLastModifiedTime(cache);
        for (Path jar : jars) {
            if (Files.getLastModifiedTime(jar).compareTo(made) >= 0) {
                return false;
            }
        }
        return true;
    }

    private static void train(Path cache, Path commandsCache, List<String> options)
            throws IOException {
        Path work = Files.createTempDirectory("miroir-gate-training-");
        List<String> command = new ArrayList<>(List.of(LIKE_THIS.java().toString()));
        command.addAll(options);
        command.addAll(
                List.of(
                        "-XX:AOTCacheOutput=" + cache,
                        "-cp",
                        LIKE_THIS.classPath(),
                        Training.class.getName(),
                        work.toString(),
                        commandsCache.toString()));
        Child.run(new ProcessBuilder(command), TRAINING_MAX);
        Directories.deleteTree(work);
    }
}
