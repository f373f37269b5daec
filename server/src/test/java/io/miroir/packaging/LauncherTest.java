package io.miroir.packaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./miroir} in a checkout: finds JDK 25, builds what is not built, runs. */
class LauncherTest {
    private static final FileTime YESTERDAY = FileTime.from(Instant.parse("2026-01-01T00:00:00Z"));

    @TempDir private Path dir;
    private Path home;
    private Path jar;
    private Path built;
    private final Map<String, String> environment = new HashMap<>();

    @BeforeEach
    void lay() throws IOException {
        home = dir.resolve("checkout");
        jar = home.resolve("server/target/miroir-server.jar");
        built = home.resolve("target/built");
        ScriptRun.write(home.resolve("miroir"), Files.readString(Path.of("..", "miroir")));
        for (String file :
                List.of(
                        "pom.xml",
                        "server/pom.xml",
                        "server/src/main/One.java",
                        "server/target/miroir-server.jar",
                        "target/built")) {
            Files.createDirectories(home.resolve(file).getParent());
            Files.writeString(home.resolve(file), "");
        }
        try (Stream<Path> files = Files.walk(home)) {
            for (Path file : files.toList()) {
                Files.setLastModifiedTime(file, YESTERDAY);
            }
        }
        environment.put("MIROIR_JAVA_HOME", jdk("25.0.3").toString());
        environment.put("MIROIR_JAVA_OPTS", "");
    }

    @Test
    void whatIsBuiltIsRunAtOnce() throws IOException, InterruptedException {
        mavenThatFails("no build is wanted");

        ScriptRun run = miroir("node", "--dir", "a b");

        assertEquals(0, run.exitCode(), run.err());
        assertEquals(
                List.of(
                        "@" + home.resolve("packaging/jvm.flags"),
                        "-jar",
                        jar.toString(),
                        "node",
                        "--dir",
                        "a b"),
                run.out());
    }

    @Test
    void aCommandThatEndsSoonIsCompiledQuickly() throws IOException, InterruptedException {
        mavenThatFails("no build is wanted");
        assertEquals("-XX:TieredStopAtLevel=1", miroir("cluster", "keys").out().get(1));
        assertEquals("-jar", miroir("serve").out().get(1));
    }

    /** Where the default Java is older, the next place is looked at. */
    @Test
    void anOlderJdkIsPassedOver() throws IOException, InterruptedException {
        environment.put("MIROIR_JAVA_HOME", jdk("21.0.9").toString());
        environment.put("JAVA_HOME", jdk("25").toString());
        ScriptRun.write(
                Path.of(environment.get("JAVA_HOME")).resolve("bin/java"),
                "#!/bin/sh\necho the one of JAVA_HOME\n");

        assertEquals(List.of("the one of JAVA_HOME"), miroir().out());
    }

    @Test
    void aChangedSourceIsBuiltFirstWithOneLineOfProgress()
            throws IOException, InterruptedException {
        Files.setLastModifiedTime(
                home.resolve("server/src/main/One.java"), FileTime.from(Instant.now()));
        maven("echo \"$JAVA_HOME\" \"$@\" >\"$(dirname \"$0\")/asked\"\necho a wall of log\n");

        ScriptRun run = miroir("version");

        assertEquals(0, run.exitCode(), run.err());
        assertTrue(
                run.err().matches("miroir: building \\(log: \\S+\\) \\.\\.\\. \\d+ s\n"),
                run.err());
        assertTrue(run.out().contains("version"), run.toString());
        String asked = Files.readString(dir.resolve("bin/asked"));
        assertTrue(asked.startsWith(environment.get("MIROIR_JAVA_HOME")), asked);
        assertTrue(asked.contains(" -o "), "without the network first: " + asked);
        mavenThatFails("it is built");
        assertEquals(0, miroir("version").exitCode(), "and not built again");
    }

    /** The network is asked only for what is not there yet. */
    @Test
    void whatIsNotOnTheMachineIsDownloaded() throws IOException, InterruptedException {
        Files.delete(built);
        maven(
                """
                case " $* " in
                *" -o "*) echo "Cannot access central in offline mode"; exit 1 ;;
                esac
                touch "$(dirname "$0")/downloaded"
                """);

        assertEquals(0, miroir("version").exitCode());
        assertTrue(Files.exists(dir.resolve("bin/downloaded")));
    }

    @Test
    void aBuildThatFailsEndsWithItsLastWords() throws IOException, InterruptedException {
        Files.delete(jar);
        mavenThatFails("[ERROR] One.java:[3,1] ';' expected");

        ScriptRun run = miroir("version");

        assertEquals(1, run.exitCode());
        assertTrue(run.err().contains("One.java:[3,1] ';' expected"), run.err());
        assertTrue(
                run.err().contains("the whole log is " + home.resolve("target/build.log")),
                run.err());
        assertEquals(List.of(), run.out(), "nothing old is run");
    }

    private ScriptRun miroir(String... arguments) throws IOException, InterruptedException {
        environment.put("PATH", dir.resolve("bin") + ":" + System.getenv("PATH"));
        List<String> command =
                Stream.concat(Stream.of(home.resolve("miroir").toString()), Stream.of(arguments))
                        .toList();
        return ScriptRun.of(dir, environment, command);
    }

    private void mavenThatFails(String words) throws IOException {
        maven("echo \"" + words + "\"\nexit 1\n");
    }

    private void maven(String does) throws IOException {
        ScriptRun.write(dir.resolve("bin/mvn"), "#!/bin/sh\n" + does);
    }

    private Path jdk(String version) throws IOException {
        Path jdk = dir.resolve("jdk-" + version);
        ScriptRun.write(jdk.resolve("bin/java"), ScriptRun.TELLS_ITS_WORDS);
        ScriptRun.write(jdk.resolve("bin/javac"), "#!/bin/sh\n");
        Files.writeString(
                jdk.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
        return jdk;
    }
}
