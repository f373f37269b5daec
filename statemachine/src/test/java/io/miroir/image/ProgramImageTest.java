package io.miroir.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is left of an earlier build is used where it is still what it was made of. */
class ProgramImageTest {
    /** A class path that has become longer moves its directories. */
    @Test
    void noJarIsTakenForThatOfAnotherDirectory(@TempDir Path dir) throws IOException {
        Path before = directory(dir, "before");
        Path after = directory(dir, "after");
        Path image = Files.createDirectory(dir.resolve("image"));
        List<Path> earlier = ProgramImage.jars(image, before.toString());
        List<Path> later = ProgramImage.jars(image, after + ":" + before);
        assertEquals("after", word(later.getFirst()));
        assertEquals("before", word(later.getLast()));
        assertEquals(earlier, later.subList(1, 2));
        assertNotEquals(later.getFirst(), later.getLast());
    }

    private static Path directory(Path dir, String word) throws IOException {
        Path classes = Files.createDirectory(dir.resolve(word));
        Files.writeString(classes.resolve("word"), word);
        return classes;
    }

    private static String word(Path jar) throws IOException {
        try (ZipFile zip = new ZipFile(jar.toFile());
                var in = zip.getInputStream(Objects.requireNonNull(zip.getEntry("word")))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
