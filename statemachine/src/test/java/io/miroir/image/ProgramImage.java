package io.miroir.image;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * What Java needs to start a program of the tests in half of the CPU time: they start more than a
 * hundred. An AOT cache of its classes (JEP 483), which takes them from jars only, and is good as
 * long as these are the very same; made once a build, by whichever test JVM is first.
 *
 * @param classPath jars only
 * @param cache for JVMs with the options that it was made with, and this class path
 */
public record ProgramImage(String classPath, Path cache) {
    private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");
    private static final long PATIENCE_SECONDS = 240;

    /**
     * What is run once to see what the program loads.
     *
     * @param options of the JVM
     * @param arguments its main class, and what that is told, when it may write into a directory
     * @param input what it reads
     */
    public record Training(List<String> options, Arguments arguments, String input) {
        /** What a training run is told. */
        @FunctionalInterface
        public interface Arguments {
            /** The main class and its arguments, when it may write into this directory. */
            List<String> of(Path work) throws IOException;
        }

        public Training {
            options = List.copyOf(options);
        }
    }

    /** Takes the one in a directory, or makes it there if it is not of what is now on the path. */
    public static ProgramImage of(Path dir, String classPath, Training training) {
        try {
            Files.createDirectories(dir);
            try (FileChannel lock =
                    FileChannel.open(
                            dir.resolve("lock"),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE)) {
                lock.lock();
                return made(dir, jars(dir, classPath), training);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }

    /** The option that makes a JVM use it. */
    public String option() {
        return "-XX:AOTCache=" + cache;
    }

    /** Each directory of the path as a jar: one of its own, wherever it stands on the path. */
    static List<Path> jars(Path dir, String classPath) throws IOException {
        List<Path> jars = new ArrayList<>();
        for (String name : classPath.split(File.pathSeparator, -1)) {
            Path entry = Path.of(name).toAbsolutePath();
            if (Files.isDirectory(entry)) {
                String hash = Integer.toHexString(entry.toString().hashCode());
                Path jar = dir.resolve(hash + ".jar");
                if (isOlder(jar, entry)) {
                    pack(entry, jar);
                }
                jars.add(jar);
            } else if (Files.exists(entry)) {
                jars.add(entry);
            }
        }
        return jars;
    }

    private static ProgramImage made(Path dir, List<Path> jars, Training training)
            throws IOException, InterruptedException {
        String classPath =
                String.join(File.pathSeparator, jars.stream().map(Path::toString).toList());
        ProgramImage image = new ProgramImage(classPath, dir.resolve("program.aot"));
        StringBuilder now = new StringBuilder(String.join(" ", training.options())).append('\n');
        for (Path jar : jars) {
            now.append(jar).append(' ').append(Files.size(jar)).append(' ');
            now.append(Files.getLastModifiedTime(jar).toMillis()).append('\n');
        }
        Path madeOf = dir.resolve("made-of");
        if (!Files.exists(image.cache)
                || !Files.exists(madeOf)
                || !Files.readString(madeOf).contentEquals(now)) {
            Files.deleteIfExists(madeOf);
            image.train(dir, training);
            Files.writeString(madeOf, now);
        }
        return image;
    }

    private static boolean isOlder(Path jar, Path classes) throws IOException {
        if (!Files.exists(jar)) {
            return true;
        }
        long packedMillis = Files.getLastModifiedTime(jar).toMillis();
        try (Stream<Path> files = Files.walk(classes)) {
            return files.anyMatch(file -> file.toFile().lastModified() > packedMillis);
        }
    }

    private static void pack(Path classes, Path jar) throws IOException {
        Path whole = jar.resolveSibling(jar.getFileName() + ".new");
        try (OutputStream out = Files.newOutputStream(whole);
                ZipOutputStream zip = new ZipOutputStream(out);
                Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                zip.putNextEntry(new ZipEntry(classes.relativize(file).toString()));
                Files.copy(file, zip);
            }
        }
        Files.move(whole, jar, StandardCopyOption.REPLACE_EXISTING);
    }

    private void train(Path dir, Training training) throws IOException, InterruptedException {
        Path whole = dir.resolve(cache.getFileName() + ".new");
        List<String> command = new ArrayList<>(List.of(JAVA.toString()));
        command.addAll(training.options());
        command.addAll(List.of("-XX:AOTCacheOutput=" + whole, "-cp", classPath));
        command.addAll(training.arguments().of(Files.createTempDirectory(dir, "training")));
        Path log = dir.resolve("training.log");
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        try (OutputStream in = process.getOutputStream()) {
            in.write(training.input().getBytes(StandardCharsets.UTF_8));
        }
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || !Files.exists(whole)) {
            process.destroyForcibly();
            throw new AssertionError("no AOT cache:\n" + Files.readString(log));
        }
        Files.move(whole, cache, StandardCopyOption.REPLACE_EXISTING);
    }
}
