package io.miroir.embedded.store;

import io.miroir.api.Json;
import io.miroir.api.documents.DocumentReader;
import io.miroir.api.documents.PayloadFormat;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.node.ObjectNode;

/** The documents of waiting tasks, one file of NDJSON each. */
public final class Payloads {
    private static final ObjectReader ONE_DOCUMENT =
            Json.mapper()
                    .readerFor(ObjectNode.class)
                    .without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private final Path directory;
    private final Supplier<String> names;

    /**
     * A payload on disk.
     *
     * @param file its name
     * @param documents how many it holds
     */
    public record Stored(String file, long documents) {}

    /**
     * Payloads in a directory, which is made if need be.
     *
     * @param names makes a name that was not used before
     */
    public Payloads(Path directory, Supplier<String> names) throws IOException {
        this.directory = Files.createDirectories(directory);
        this.names = names;
    }

    /**
     * Checks a payload and keeps it; it is on disk when this returns, and nothing is left of it
     * when this throws.
     */
    public Stored store(PayloadFormat format, char delimiter, InputStream in) throws IOException {
        String name = names.get();
        Path file = directory.resolve(name);
        boolean whole = false;
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
            long count =
                    DocumentReader.read(
                            format,
                            delimiter,
                            in,
                            document -> {
                                out.write(Json.bytes(document));
                                out.write('\n');
                            });
            out.flush();
            channel.force(true);
            Journal.sync(directory);
            whole = true;
            return new Stored(name, count);
        } finally {
            if (!whole) {
                Files.deleteIfExists(file);
            }
        }
    }

    /** Takes the documents of a payload, each with the length of its JSON text in bytes. */
    @FunctionalInterface
    public interface Sink {
        /** Takes the next document. */
        void accept(ObjectNode document, int bytes) throws IOException;
    }

    /** Reads a payload document by document. */
    public void read(String name, Sink sink) throws IOException {
        try (InputStream in = Files.newInputStream(directory.resolve(name));
                JsonParser parser = Json.mapper().createParser(in)) {
            long before = 0;
            while (parser.nextToken() != null) {
                ObjectNode document = ONE_DOCUMENT.readValue(parser);
                long after = parser.currentLocation().getByteOffset();
                sink.accept(document, (int) (after - before));
                before = after;
            }
        }
    }

    /** The first document of a payload; null if it has none. */
    public @Nullable ObjectNode first(String name) throws IOException {
        try (InputStream in = Files.newInputStream(directory.resolve(name));
                JsonParser parser = Json.mapper().createParser(in)) {
            return parser.nextToken() == null ? null : ONE_DOCUMENT.readValue(parser);
        }
    }

    /** The size in bytes of a payload. */
    public long bytes(String name) throws IOException {
        return Files.size(directory.resolve(name));
    }

    /** Removes a payload that no task needs any more. */
    public void delete(String name) throws IOException {
        Files.deleteIfExists(directory.resolve(name));
    }

    /** Removes every payload except these: what a crash left behind. */
    public void sweep(Set<String> needed) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                if (!needed.contains(file.getFileName().toString())) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }
}
