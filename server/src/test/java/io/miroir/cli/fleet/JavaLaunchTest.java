package io.miroir.cli.fleet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class JavaLaunchTest {
    /** Seven children can't listen on one port, nor write one recording. */
    @Test
    void childrenTakeOverHowTheProgramRunsAndNothingThatIsOneProcessAlone() {
        List<String> taken =
                List.of(
                        "-XX:+UseCompactObjectHeaders",
                        "-XX:-UsePerfData",
                        "-XX:SurvivorRatio=4",
                        "-XX:TargetSurvivorRatio=90",
                        "-Xlog:disable",
                        "-Xlog:all=warning:stderr",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-Dorg.sqlite.lib.path=/opt/miroir/app/native",
                        "-Djdk.reflect.useNativeAccessorOnly=true",
                        "-Djavax.management.builder.initial=io.miroir.raft.LeanMBeanServers");
        List<String> own =
                List.of(
                        "-Xmx4g",
                        "-agentlib:jdwp=transport=dt_socket,server=y,address=5005",
                        "-javaagent:coverage.jar",
                        "-Dcom.sun.management.jmxremote.port=9010",
                        "-Dmiroir.watch.parent=true",
                        "-XX:StartFlightRecording:filename=/tmp/one.jfr",
                        "-XX:AOTCacheOutput=/tmp/miroir.aot",
                        "-XX:HeapDumpPath=/tmp/heap.hprof",
                        "-Xlog:gc:file=/tmp/gc.log");

        assertEquals(taken, JavaLaunch.inherited(taken));
        assertEquals(List.of(), JavaLaunch.inherited(own));
    }

    @Test
    void theCommandHasAHeapOfItsOwnAndAbsolutePaths() {
        JavaLaunch launch = JavaLaunch.withClassPath("a.jar");
        List<String> command = launch.command(64, "Main", List.of("serve"));

        assertEquals(
                List.of(
                        "-Xmx64m",
                        "-Dmiroir.watch.parent=true",
                        "-cp",
                        Path.of("a.jar").toAbsolutePath().toString(),
                        "Main",
                        "serve"),
                command.subList(command.size() - 6, command.size()));
        assertTrue(command.contains("-XX:+ExitOnOutOfMemoryError"), command::toString);
    }
}
