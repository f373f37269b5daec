package io.miroir.fanout.answer;

import io.miroir.api.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** One recorded case: what a client asked, what three nodes and one whole node answered. */
record MergeFixture(ObjectNode json) {
    /** The directory that the system property names, or else the repository's copy. */
    static Path directory() {
        String named = System.getProperty("miroir.fixtures");
        Path directory = Path.of(named != null ? named : "src/test/resources/merge-fixtures");
        // A relative name is meant from the root of the build, the parent of this module.
        if (named != null && !Files.isDirectory(directory)) {
            directory = Path.of("..").resolve(named);
        }
        if (!Files.isDirectory(directory)) {
            throw new IllegalStateException("no merge fixtures at " + directory.toAbsolutePath());
        }
        return directory;
    }

    /** The files of recorded cases; there must be some. */
    static List<Path> files(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            List<Path> found =
                    files.filter(f -> f.toString().matches(".*\\.json(\\.gz)?")).sorted().toList();
            if (found.isEmpty()) {
                throw new IllegalStateException("no merge fixtures in " + directory);
            }
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<MergeFixture> read(Path file) {
        List<MergeFixture> fixtures = new ArrayList<>();
        for (JsonNode fixture : readJson(file).path("fixtures")) {
            fixtures.add(new MergeFixture((ObjectNode) fixture));
        }
        return fixtures;
    }

    static JsonNode readJson(Path file) {
        try (InputStream raw = Files.newInputStream(file);
                InputStream in = file.toString().endsWith(".gz") ? new GZIPInputStream(raw) : raw) {
            return Json.parse(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String id() {
        return text("id");
    }

    String kind() {
        return text("kind");
    }

    String verdict() {
        return text("class");
    }

    ObjectNode client() {
        return (ObjectNode) json.path("client");
    }

    JsonNode expected() {
        return json.path("expected");
    }

    List<ObjectNode> responses() {
        List<ObjectNode> responses = new ArrayList<>();
        json.path("responses").forEach(r -> responses.add((ObjectNode) r));
        return responses;
    }

    String aspect(String name) {
        return json.path("aspects").path(name).asString("");
    }

    boolean equalByInsertion() {
        return json.path("equalWithTieBreak").path("insertion").asBoolean(false);
    }

    private String text(String field) {
        return json.path(field).asString();
    }
}
