package io.miroir.raft;

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
 * What Java needs to start a {@link MemberProcess} in half of the CPU time: tests start more than a
 * hundred. An AOT cache of its classes (JEP 483), which takes them from jars only; made once a
 * build, by whichever test JVM is first.
 */
final class MemberImage {
    /** A cache is for processes with the same options. */
    private static final List<String> OPTIONS =
            List.of(
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-Xmx128m",
                    "-XX:+ExitOnOutOfMemoryError",
                    "--enable-native-access=ALL-UNNAMED");

    private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");
    private static final String CACHE = "member.aot";
    private static final long PATIENCE_SECONDS = 120;

    private final Path cache;
    private final String classPath;

    private MemberImage(Path cache, String classPath) {
        this.cache = cache;
        this.classPath = classPath;
    }

    private static final class Once {
        static final MemberImage IMAGE = make(Path.of("target", "member-image").toAbsolutePath());
    }

    /** The command of a member, as far as all have the same. */
    static List<String> command(String... jvmOptions) {
        MemberImage image = Once.IMAGE;
        List<String> command = new ArrayList<>(List.of(JAVA.toString()));
        command.addAll(OPTIONS);
        command.add("-XX:AOTCache=" + image.cache);
        command.addAll(List.of(jvmOptions));
        command.addAll(List.of("-cp", image.classPath, MemberProcess.class.getName()));
        return command;
    }

    private static MemberImage make(Path dir) {
        try {
            Files.createDirectories(dir);
            try (FileChannel lock =
                    FileChannel.open(
                            dir.resolve("lock"),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE)) {
                lock.lock();
                List<Path> entries =
                        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                                .map(Path::of)
                                .toList();
                List<String> jars = new ArrayList<>();
                boolean same = Files.exists(dir.resolve(CACHE));
                for (Path entry : entries) {
                    if (Files.isDirectory(entry)) {
                        Path jar = dir.resolve(jars.size() + ".jar");
                        same &= !isOlder(jar, entry);
                        if (!same) {
                            pack(entry, jar);
                        }
                        jars.add(jar.toString());
                    } else if (Files.exists(entry)) {
                        jars.add(entry.toString());
                    }
                }
                MemberImage image =
                        new MemberImage(dir.resolve(CACHE), String.join(File.pathSeparator, jars));
                if (!same) {
                    image.train(dir);
                }
                return image;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
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

    /** A member that leads a cluster of its own, and writes. */
    private void train(Path dir) throws IOException, InterruptedException {
        Path data = Files.createTempDirectory(dir, "training");
        List<String> command = new ArrayList<>(List.of(JAVA.toString()));
        command.addAll(OPTIONS);
        // Linked classes would be worth more, but no debugger could be attached (see Trap).
        Path whole = dir.resolve(CACHE + ".new");
        command.addAll(List.of("-XX:-AOTClassLinking", "-XX:AOTCacheOutput=" + whole));
        command.addAll(List.of("-cp", classPath, MemberProcess.class.getName(), "a"));
        command.addAll(List.of(data.resolve("a").toString(), "a"));
        command.addAll(List.of(String.valueOf(Group.freePeers().getFirst().port()), "voter"));
        Path log = dir.resolve("training.log");
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        try (OutputStream in = process.getOutputStream()) {
            in.write("enqueue 20 100\nrole\ndigest\n".getBytes(StandardCharsets.UTF_8));
        }
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || !Files.exists(whole)) {
            process.destroyForcibly();
            throw new AssertionError("no AOT cache:\n" + Files.readString(log));
        }
        Files.move(whole, cache, StandardCopyOption.REPLACE_EXISTING);
    }
}
