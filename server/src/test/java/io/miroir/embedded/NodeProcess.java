package io.miroir.embedded;

import io.miroir.cli.Main;
import io.miroir.harness.PodImage;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A node in a process of its own, which closing kills as kill -9 does. */
record NodeProcess(Process process, int port) implements AutoCloseable {
    private static final int END_SECONDS_MAX = 60;

    /** Starts a node on a directory, with so much heap and no more. */
    static NodeProcess start(Path directory, int heapMegabytes) throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(
                                PodImage.launch()
                                        .command(
                                                heapMegabytes,
                                                Main.class.getName(),
                                                List.of(
                                                        "node",
                                                        "--port",
                                                        "0",
                                                        "--dir",
                                                        directory.toString())))
                        .redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("MEILI_MASTER_KEY", NodeClient.MASTER_KEY);
        Process process = builder.start();
        try {
            return new NodeProcess(process, announcedPort(process));
        } catch (IOException unstarted) {
            process.destroyForcibly();
            throw unstarted;
        }
    }

    private static int announcedPort(Process process) throws IOException {
        BufferedReader out =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            int at = line.indexOf("http://");
            if (at >= 0) {
                return Integer.parseInt(line.substring(line.lastIndexOf(':') + 1).trim());
            }
        }
        throw new IOException("the node ended before it listened");
    }

    boolean isAlive() {
        return process.isAlive();
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().orTimeout(END_SECONDS_MAX, TimeUnit.SECONDS).join();
    }
}
