package io.miroir.cli.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.cli.fleet.FleetException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DocumentFileTest {
    @TempDir Path dir;

    @Test
    void allThreeFormatsHoldTheSameDocuments() throws IOException {
        Path json = file("a.json", "[{\"id\":\"1\",\"t\":\"x\"},{\"id\":\"2\",\"t\":\"y\"}]");
        Path ndjson = file("a.ndjson", "{\"id\":\"1\",\"t\":\"x\"}\n{\"id\":\"2\",\"t\":\"y\"}\n");
        Path csv = file("a.csv", "id,t\n1,x\n2,y\n");
        List<String> expected = List.of("{\"id\":\"1\",\"t\":\"x\"}", "{\"id\":\"2\",\"t\":\"y\"}");
        for (Path path : List.of(json, ndjson, csv)) {
            DocumentFile documents = DocumentFile.check(path, Optional.empty());
            assertEquals(2, documents.count());
            assertEquals("a", documents.index());
            List<String> read = new ArrayList<>();
            documents.read(document -> read.add(document.toString()));
            assertEquals(expected, read, path.toString());
        }
    }

    @Test
    void facetsAreFieldsThatRepeatTheirValuesAndSearchesAreWordsThatOccur() throws IOException {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 200; i++) {
            lines.append(
                    "{\"id\":%d,\"title\":\"Title number %d\",\"genre\":\"%s\",\"tags\":[1]}%n"
                            .formatted(i, i, i % 2 == 0 ? "drama" : "comedy"));
        }
        DocumentFile documents =
                DocumentFile.check(file("my films!.jsonl", lines.toString()), Optional.of("id"));
        assertEquals("my_films_", documents.index());
        assertEquals("[\"genre\"]", documents.settings().get("filterableAttributes").toString());
        assertTrue(
                documents.examples().stream()
                        .anyMatch(e -> e.body().path("q").asString("").equals("Title")),
                documents.examples().toString());
    }

    @Test
    void whatCanNotBeReadIsToldBeforeAnythingStarts() throws IOException {
        assertTrue(refusal(dir.resolve("none.json")).contains("does not exist"));
        assertTrue(refusal(dir).contains("is not a file"));
        assertTrue(refusal(file("a.txt", "x")).contains(".ndjson"));
        assertTrue(refusal(file("e.json", "[]")).contains("holds no documents"));
        assertTrue(refusal(file("b.json", "[{\"id\":1},{\"id\"")).contains("malformed"));
        assertTrue(refusal(file("b.ndjson", "{\"id\":1}\nnonsense\n")).contains("malformed"));
        assertTrue(refusal(file("b.csv", "id,t\n1,x\n2\n")).contains("1 fields"));
        assertTrue(refusal(file("k.json", "[{\"name\":1}]")).contains("--primary-key"));
        assertTrue(refusal(file("0.json", "")).contains("missing"));
    }

    private String refusal(Path file) {
        return assertThrows(FleetException.class, () -> DocumentFile.check(file, Optional.empty()))
                .getMessage();
    }

    private Path file(String name, String content) throws IOException {
        return Files.writeString(dir.resolve(name), content);
    }
}
