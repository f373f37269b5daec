package io.miroir.bench.gate;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * What was measured, and how thoroughly, in words: rows with the same words may stand side by side.
 */
final class BuildId {
    private BuildId() {}

    /** Of this process's jars, which the pods are made of too. */
    static String of(Bench.Effort effort) {
        List<Path> jars =
                Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                        .map(Path::of)
                        .toList();
        return "jars %s, redis %s, %s"
                .formatted(
                        digest(jars), RedisBinary.isThere() ? RedisBinary.version() : "-", effort);
    }

    /** Of what is in them: neither their order nor when they were made matters. */
    static String digest(List<Path> jars) {
        CRC32 digest = new CRC32();
        jars.stream()
                .sorted((a, b) -> name(a).compareTo(name(b)))
                .forEach(jar -> digest.update(contents(jar).getBytes(StandardCharsets.UTF_8)));
        return "%08x".formatted(digest.getValue());
    }

    private static String name(Path jar) {
        return String.valueOf(jar.getFileName());
    }

    private static String contents(Path jar) {
        StringBuilder contents = new StringBuilder(name(jar));
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            zip.stream()
                    .map((ZipEntry entry) -> entry.getName() + " " + entry.getCrc())
                    .sorted()
                    .forEach(line -> contents.append('\n').append(line));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + jar, e);
        }
        return contents.toString();
    }
}
