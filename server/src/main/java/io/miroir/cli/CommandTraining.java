package io.miroir.cli;

import io.miroir.cli.fleet.JavaLaunch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * `miroir training-commands`: what the JVM watches to make the AOT cache of an operator's commands.
 * They have one of their own: all classes of a cache are loaded at once, and a pod's are four times
 * as many.
 */
@Command(
        name = "training-commands",
        hidden = true,
        description = "Asks a pod by commands as operators do: trains their AOT cache.")
final class CommandTraining implements Callable<Integer> {
    private static final int HEAP_MEGABYTES = 128;

    @Option(names = "--from", required = true, description = "a pod's client port")
    private String pod = "";

    @Option(names = "--admin-key", required = true, description = "of the pod")
    private String adminKey = "";

    @Option(names = "--dir", required = true, description = "where files are written")
    private Path directory = Path.of(".");

    /** Runs it in a JVM of its own, which writes the cache as it ends. */
    static void run(Path cache, String pod, String adminKey, Path directory)
            throws IOException, InterruptedException {
        JavaLaunch like = JavaLaunch.likeThisProcess();
        List<String> options = new ArrayList<>(like.options());
        options.add("-XX:AOTCacheOutput=" + cache);
        List<String> words =
                List.of(
                        "training-commands",
                        "--from",
                        pod,
                        "--admin-key",
                        adminKey,
                        "--dir",
                        directory.toString());
        Process process =
                new ProcessBuilder(
                                new JavaLaunch(like.java(), like.classPath(), options)
                                        .command(HEAP_MEGABYTES, Main.class.getName(), words))
                        // Not its input: a child ends with that.
                        .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        if (process.waitFor() != ExitCode.OK.code() || !Files.isReadable(cache)) {
            throw new IOException("no AOT cache of commands came about in " + cache);
        }
    }

    @Override
    public Integer call() {
        String file = directory.resolve("state.mbk").toString();
        command("cluster", "status", "--from", pod, "--admin-key", adminKey);
        command("cluster", "keys", "--wait", "30", "--from", pod, "--admin-key", adminKey);
        command("backup", "--from", pod, "--admin-key", adminKey, "--to", file);
        command("backup", "verify", file);
        command(
                "restore",
                file,
                "--data-dir",
                directory.resolve("restored").toString(),
                "--pod-id",
                "pod-0",
                "--raft",
                "127.0.0.1:9001",
                "--peer",
                "127.0.0.1:9002");
        return ExitCode.OK.code();
    }

    private static void command(String... words) {
        int exit = Main.commandLine(words).execute(words);
        if (exit != ExitCode.OK.code()) {
            throw new IllegalStateException(String.join(" ", words) + " ended with " + exit);
        }
    }
}
