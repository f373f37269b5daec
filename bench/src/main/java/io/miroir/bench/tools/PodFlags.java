package io.miroir.bench.tools;

import io.miroir.cli.fleet.JavaLaunch;
import java.util.List;

/** How JVMs that are measured start: as those of an image do, which is what operators run. */
public final class PodFlags {
    /** As packaging/jvm.flags has them. */
    public static final List<String> ALL =
            List.of(
                    "-XX:+UseSerialGC",
                    "-XX:+UseCompactObjectHeaders",
                    "-XX:+ExitOnOutOfMemoryError",
                    "-XX:-UsePerfData",
                    "-XX:SurvivorRatio=4",
                    "-XX:TargetSurvivorRatio=90",
                    "--enable-native-access=ALL-UNNAMED",
                    "--sun-misc-unsafe-memory-access=allow",
                    "-Xlog:disable",
                    "-Xlog:all=warning:stderr",
                    "-Djdk.reflect.useNativeAccessorOnly=true",
                    "-Djavax.management.builder.initial=io.miroir.raft.LeanMBeanServers");

    private PodFlags() {}

    /** With these, and this process's own Java and class path. */
    public static JavaLaunch launch() {
        JavaLaunch likeThis = JavaLaunch.likeThisProcess();
        return new JavaLaunch(likeThis.java(), likeThis.classPath(), ALL);
    }
}
