package io.miroir.bench.tools;

import io.miroir.cli.fleet.JavaLaunch;
import java.util.ArrayList;
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
                    "-Xms80m",
                    "-XX:NewSize=48m",
                    "-XX:SurvivorRatio=3",
                    "-XX:TargetSurvivorRatio=90",
                    "--enable-native-access=ALL-UNNAMED",
                    "--sun-misc-unsafe-memory-access=allow",
                    "-Xlog:disable",
                    "-Xlog:all=warning:stderr",
                    "-Djdk.reflect.useNativeAccessorOnly=true",
                    "-Djavax.management.builder.initial=io.miroir.raft.LeanMBeanServers");

    /** What the launchers give a pod, and no command that ends soon. */
    public static final String TRIM = "-XX:TrimNativeHeapInterval=10000";

    private PodFlags() {}

    /** A pod's, as of {@link #ALL} and the launchers. */
    public static List<String> pod() {
        List<String> options = new ArrayList<>(ALL);
        options.add(TRIM);
        return List.copyOf(options);
    }

    /** With a pod's, and this process's own Java and class path. */
    public static JavaLaunch launch() {
        JavaLaunch likeThis = JavaLaunch.likeThisProcess();
        return new JavaLaunch(likeThis.java(), likeThis.classPath(), pod());
    }
}
