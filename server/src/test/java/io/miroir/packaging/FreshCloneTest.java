package io.miroir.packaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code ./miroir} where nothing is built yet, with the real Maven: script and poms are ours, the
 * sources are a few lines, so that it takes seconds. What is not made without tests is missing here
 * as in a fresh clone.
 */
@Tag("cluster")
@Timeout(600)
class FreshCloneTest {
    private static final List<String> BUILD =
            List.of(
                    "pom.xml",
                    "proto/pom.xml",
                    "statemachine/pom.xml",
                    "server/pom.xml",
                    "bench/pom.xml",
                    "packaging/jvm.flags",
                    ".mvn/Format.java");

    @TempDir private Path clone;

    @BeforeEach
    void lay() throws IOException {
        ScriptRun.write(clone.resolve("miroir"), Files.readString(Path.of("..", "miroir")));
        for (String file : BUILD) {
            put(file, Files.readString(Path.of("..").resolve(file)));
        }
        put("proto/src/main/proto/word.proto", "syntax = \"proto3\";\nmessage Unused {}\n");
        put(
                "statemachine/src/main/java/io/miroir/store/Word.java",
                "package io.miroir.store;\n\npublic record Word(String text) {}\n");
        put(
                "server/src/main/java/io/miroir/cli/Main.java",
                """
                package io.miroir.cli;

                import io.miroir.store.Word;

                public final class Main {
                    private Main() {}

                    public static void main(String[] words) {
                        System.out.println(new Word(String.join(" ", words)));
                    }
                }
                """);
    }

    private void put(String file, String text) throws IOException {
        Path to = clone.resolve(file);
        Files.createDirectories(to.getParent());
        Files.writeString(to, text);
    }

    @Test
    void whatItRunsIsBuiltWithoutTestsAndThenRun() throws IOException, InterruptedException {
        assumeTrue(hasMaven(), "there is no mvn on the PATH");
        ScriptRun first = miroir("version", "--all");
        assertEquals(0, first.exitCode(), () -> first.err() + log());
        assertEquals(List.of("Word[text=version --all]"), first.out());
        assertTrue(first.err().contains("building"), first.err());

        ScriptRun again = miroir("--help");
        assertEquals(List.of("Word[text=--help]"), again.out(), again.err());
        assertFalse(again.err().contains("building"), again.err());
    }

    private ScriptRun miroir(String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(clone.resolve("miroir").toString()));
        command.addAll(List.of(words));
        return ScriptRun.of(clone, Map.of(), command);
    }

    private static boolean hasMaven() {
        return Pattern.compile(File.pathSeparator)
                .splitAsStream(System.getenv().getOrDefault("PATH", ""))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, "mvn")));
    }

    private String log() {
        try {
            return Files.readString(clone.resolve("target/build.log"));
        } catch (IOException none) {
            return "no log: " + none;
        }
    }
}
