package io.miroir.bench.tools;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import tools.jackson.databind.JsonNode;

/** Results as programs read them. */
public final class JsonFile {
    private JsonFile() {}

    /** Writes a file, or replaces the one that is there: whoever reads it finds a whole one. */
    public static void write(Path file, JsonNode json) {
        try {
            Path whole = file.toAbsolutePath().resolveSibling(file.getFileName() + ".new");
            Files.writeString(whole, json.toPrettyString() + "\n");
            Files.move(whole, file, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }
}
