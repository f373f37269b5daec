package io.miroir.bench.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A gate that was stopped goes on where it was, and never with rows of another build. */
class ResultsTest {
    private static final Row FIRST =
            new Row("a", "ms", 1.5, 2.5, 0.5, "ours 1..2", Verdict.BETTER, "a note");
    private static final Row SECOND =
            new Row("b", "x", 3.0, null, null, "ours 3..3", Verdict.WORSE, Row.NO_REDIS + "none");
    private static final Row THIRD =
            new Row("c", "", 3.0, 4.0, 5.0, null, Verdict.BETTER, Row.NO_SPREAD + "counted");

    @TempDir Path dir;

    @Test
    void whatWasMeasuredOnTheSameBuildIsReadAgainAsItWas() {
        file("this build").write(List.of(FIRST, SECOND, THIRD, Row.absent("d", "it failed")));
        assertEquals(List.of(FIRST, SECOND, THIRD), file("this build").measured());
    }

    @Test
    void rowsOfAnotherBuildAreMeasuredAnew() {
        file("that build").write(List.of(FIRST));
        assertEquals(List.of(), file("this build").measured());
    }

    @Test
    void rowsOfAnotherBuildAreKeptUnderAnotherName() {
        assertEquals(Optional.empty(), file("this build").setAside());
        file("that build").write(List.of(FIRST));
        assertEquals(Optional.empty(), file("that build").setAside());
        Path old = file("this build").setAside().orElseThrow();
        file("this build").write(List.of(SECOND));
        assertEquals(List.of(FIRST), new RowFile(old, "that build").measured());
        assertEquals(List.of(SECOND), file("this build").measured());
    }

    @Test
    void withoutAFileThereIsNothingToKeep() {
        assertEquals(List.of(), file("this build").measured());
    }

    @Test
    void aMeasurementIsSkippedOnlyIfAllItsRowsAreThere() {
        Results results = new Results(List.of("a", "b", "c", "d"), List.of(FIRST, THIRD));
        assertTrue(results.have(List.of("a", "c")));
        assertFalse(results.have(List.of("a", "b")));
        results.add(Row.absent("b", "it failed"));
        assertFalse(results.have(List.of("a", "b")));
        results.add(SECOND);
        assertTrue(results.have(List.of("a", "b", "c")));
        assertFalse(results.have(List.of("a", "b", "c", "d")), "a row that nobody measured");
    }

    @Test
    void aFailureTakesNothingAway() {
        Results results = new Results(List.of("a"), List.of(FIRST));
        results.add(Row.absent("a", "it failed this time"));
        assertEquals(List.of(FIRST), results.all());
    }

    @Test
    void rowsAreInTheOrderOfAWholeRunAndThoseOfFormerTimesAreLeftOut() {
        Row former = new Row("z", "ms", 1.0, 1.0, 1.0, "", Verdict.EQUAL, "");
        Results results = new Results(List.of("a", "b", "c"), List.of(THIRD, former));
        results.add(SECOND);
        results.add(FIRST);
        assertEquals(List.of(FIRST, SECOND, THIRD), results.all());
    }

    @Test
    void aBuildIsWhatIsInItsJars() throws IOException {
        Path jar = jar("one.jar", "Store.class", "its bytes");
        Path other = jar("two.jar", "Link.class", "bytes");
        String digest = BuildId.digest(List.of(jar, other));
        assertEquals(digest, BuildId.digest(List.of(other, jar)));
        jar("one.jar", "Store.class", "its bytes");
        assertEquals(digest, BuildId.digest(List.of(jar, other)));
        jar("one.jar", "Store.class", "its bytez");
        assertFalse(digest.equals(BuildId.digest(List.of(jar, other))));
    }

    private RowFile file(String build) {
        return new RowFile(dir.resolve("gate.json"), build);
    }

    private Path jar(String name, String entry, String bytes) throws IOException {
        Path jar = dir.resolve(name);
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(jar))) {
            zip.putNextEntry(new ZipEntry(entry));
            zip.write(bytes.getBytes(StandardCharsets.UTF_8));
            zip.closeEntry();
        }
        return jar;
    }
}
