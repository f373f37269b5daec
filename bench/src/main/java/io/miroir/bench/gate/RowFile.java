package io.miroir.bench.gate;

import io.miroir.bench.tools.JsonFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Rows as programs read them, and as a later run reads them again.
 *
 * @param build what they were measured on, which each row carries
 */
record RowFile(Path file, String build) {

    /** Replaces what is there. */
    void write(List<Row> rows) {
        ArrayNode all = JsonMapper.shared().createArrayNode();
        for (Row row : rows) {
            ObjectNode node = all.addObject();
            node.put("id", row.id());
            node.put("unit", row.unit());
            node.put("ours", row.ours());
            node.put("redis_equal", row.redisEqual());
            node.put("redis_usual", row.redisUsual());
            node.put("spread", row.spread());
            node.put("verdict", row.verdict().word());
            node.put("note", row.note());
            node.put("build", build);
        }
        JsonFile.write(file, all);
    }

    /** What an earlier run has measured on the same build, with the same effort. */
    List<Row> measured() {
        if (!Files.exists(file)) {
            return List.of();
        }
        List<Row> measured = new ArrayList<>();
        for (JsonNode node : JsonMapper.shared().readTree(file.toFile())) {
            if (build.equals(node.path("build").asString("")) && isMeasured(node)) {
                measured.add(row(node));
            }
        }
        return measured;
    }

    /**
     * Keeps a file of another build, hours of measuring, under another name: what is written next
     * would replace it.
     *
     * @return where it is now, if there is one
     */
    Optional<Path> setAside() {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        for (JsonNode node : JsonMapper.shared().readTree(file.toFile())) {
            if (!build.equals(node.path("build").asString(""))) {
                return Optional.of(rename());
            }
        }
        return Optional.empty();
    }

    private Path rename() {
        Path old = file.toAbsolutePath().resolveSibling(file.getFileName() + ".old");
        try {
            return Files.move(file, old, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot keep " + file, e);
        }
    }

    private static boolean isMeasured(JsonNode node) {
        return !Verdict.ABSENT.word().equals(node.path("verdict").asString(""));
    }

    private static Row row(JsonNode node) {
        return new Row(
                node.path("id").asString(),
                node.path("unit").asString(),
                figure(node.path("ours")),
                figure(node.path("redis_equal")),
                figure(node.path("redis_usual")),
                node.path("spread").isNull() ? null : node.path("spread").asString(),
                Verdict.valueOf(node.path("verdict").asString().toUpperCase(Locale.ROOT)),
                node.path("note").asString());
    }

    private static @Nullable Double figure(JsonNode node) {
        return node.isNumber() ? node.asDouble() : null;
    }
}
