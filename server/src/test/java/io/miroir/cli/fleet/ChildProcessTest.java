package io.miroir.cli.fleet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildProcessTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir Path dir;

    /** A child that says a word, then waits; or starts such a child and waits itself. */
    public static final class Child {
        public static void main(String[] args) throws Exception {
            ParentWatch.beginIfAsked();
            System.out.println("hello " + System.getenv("GREETED"));
            if (args.length > 0 && args[0].equals("parent")) {
                ChildProcess grandchild = child("grandchild", Path.of(args[1]), "wait");
                grandchild.start();
                System.out.println("grandchild " + grandchild.pid());
            }
            if (args.length > 0 && args[0].equals("die")) {
                System.err.println("no room for me");
                System.exit(3);
            }
            // Longer than anybody waits for anything here.
            Thread.sleep(600_000);
        }
    }

    @Test
    void outputGoesToTheLogAndADeathIsExplainedByItsTail() throws Exception {
        try (ChildProcess child = child("dies", dir, "die")) {
            child.start();
            assertTrue(child.awaitExit(PATIENCE));
            assertEquals(3, child.exitCode());
            assertTrue(child.logTail().contains("hello you"), child.logTail());
            assertTrue(child.logTail().contains("no room for me"), child.logTail());
        }
    }

    @Test
    void aKilledChildStartsAgain() throws Exception {
        try (ChildProcess child = child("again", dir, "wait")) {
            child.start();
            awaitLog(child, "hello", 1);
            child.kill();
            assertFalse(child.isAlive());
            assertEquals(137, child.exitCode());
            child.start();
            awaitLog(child, "hello", 2);
            child.stop(PATIENCE);
            assertEquals(143, child.exitCode(), "SIGTERM ends it in order");
        }
    }

    @Test
    void aChildEndsWithItsParentEvenWhenThatIsKilled() throws Exception {
        try (ChildProcess parent = child("parent", dir, "parent")) {
            parent.start();
            awaitLog(parent, "grandchild \\d+", 1);
            long pid =
                    Long.parseLong(
                            Files.readString(parent.log())
                                    .replaceAll("(?s).*grandchild (\\d+).*", "$1"));
            ProcessHandle grandchild = ProcessHandle.of(pid).orElseThrow();
            parent.kill();
            grandchild.onExit().get(PATIENCE.toSeconds(), java.util.concurrent.TimeUnit.SECONDS);
        }
    }

    private static ChildProcess child(String name, Path dir, String mode) {
        List<String> command =
                JavaLaunch.likeThisProcess()
                        .command(32, Child.class.getName(), List.of(mode, dir.toString()));
        return new ChildProcess(name, command, Map.of("GREETED", "you"), dir.resolve(name));
    }

    private static void awaitLog(ChildProcess child, String pattern, int times) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < deadline) {
            String log = Files.exists(child.log()) ? Files.readString(child.log()) : "";
            if (log.split(pattern, -1).length > times) {
                return;
            }
            Thread.sleep(20);
        }
        throw new AssertionError(child.name() + " did not say " + pattern + ": " + child.logTail());
    }
}
