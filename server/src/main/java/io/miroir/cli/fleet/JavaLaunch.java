package io.miroir.cli.fleet;

import java.io.File;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * How a child JVM of this program is started: the same Java, classes and options, with a heap of
 * its own.
 *
 * @param java the `java` program
 * @param classPath what -cp is given
 * @param options JVM options besides the heap, in order
 */
public record JavaLaunch(Path java, String classPath, List<String> options) {
    /** Names the AOT cache that the launcher of a packaged image found beside the jars. */
    public static final String AOT_CACHE_PROPERTY = "miroir.aot.cache";

    /**
     * Small and quick to start: seven JVMs share a laptop's cores, so the compiler that is fast
     * rather than thorough. Out of memory ends a child; a half-broken one would stay in the
     * cluster.
     */
    private static final List<String> SMALL =
            List.of(
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-XX:+ExitOnOutOfMemoryError",
                    "-XX:-UsePerfData");

    /**
     * What of this process's own options its children take over: switches of the JVM, and what the
     * program needs to run at all. Nothing that names a port or a file to write to, as the children
     * would fight for it.
     */
    private static final List<String> INHERITED =
            List.of(
                    "-XX:+",
                    "-XX:-",
                    "-XX:ArchiveRelocationMode=",
                    "-XX:SurvivorRatio=",
                    "-XX:TargetSurvivorRatio=",
                    "-Xlog:disable",
                    "-Xlog:all=warning:stderr",
                    "--enable-native-access=",
                    "--sun-misc-unsafe-memory-access=",
                    "-Dorg.sqlite.lib.path=",
                    "-Djdk.reflect.useNativeAccessorOnly=",
                    "-Djavax.management.builder.initial=");

    public JavaLaunch {
        options = List.copyOf(options);
    }

    /** The Java and class path that this very process runs with. */
    public static JavaLaunch likeThisProcess() {
        return withClassPath(System.getProperty("java.class.path"));
    }

    /** This process's Java with another class path. */
    public static JavaLaunch withClassPath(String classPath) {
        List<String> options =
                new ArrayList<>(
                        inherited(ManagementFactory.getRuntimeMXBean().getInputArguments()));
        options.addAll(SMALL);
        String aotCache = System.getProperty(AOT_CACHE_PROPERTY);
        if (aotCache != null && Files.isReadable(Path.of(aotCache))) {
            options.add("-XX:AOTCache=" + aotCache);
        }
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        return new JavaLaunch(java, absolute(classPath), options);
    }

    /** The options, of those of this process, that a child is given too. */
    static List<String> inherited(List<String> own) {
        return own.stream()
                .filter(option -> INHERITED.stream().anyMatch(option::startsWith))
                .toList();
    }

    /** The whole command of a child. */
    public List<String> command(int heapMegabytes, String mainClass, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(java.toString());
        command.addAll(options);
        command.add("-Xmx" + heapMegabytes + "m");
        command.add("-D" + ParentWatch.PROPERTY + "=true");
        command.add("-cp");
        command.add(classPath);
        command.add(mainClass);
        command.addAll(arguments);
        return List.copyOf(command);
    }

    /** Children run in their own directories, where a relative class path would lead nowhere. */
    private static String absolute(String classPath) {
        return Pattern.compile(File.pathSeparator, Pattern.LITERAL)
                .splitAsStream(classPath)
                .filter(entry -> !entry.isEmpty())
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }
}
