package io.miroir.bench.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is measured starts as what is shipped. */
class PodFlagsTest {
    @Test
    void optionsAreThoseOfAnImage() throws IOException {
        List<String> shipped =
                Files.readAllLines(Path.of("..", "packaging", "jvm.flags")).stream()
                        .filter(line -> !line.startsWith("#"))
                        .toList();
        assertEquals(shipped, PodFlags.ALL);
    }
}
