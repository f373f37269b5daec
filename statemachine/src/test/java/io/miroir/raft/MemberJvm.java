package io.miroir.raft;

import io.miroir.trap.Trap;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A {@link MemberProcess} as its parent sees it. For one thread at a time. */
final class MemberJvm implements AutoCloseable, Trap.Target {
    private static final Logger LOG = LoggerFactory.getLogger(MemberJvm.class);
    private static final long PATIENCE_SECONDS = 300;
    private static final int LAST_LINES = 30;

    /** What is heard of a process that ended. */
    static final String GONE = "gone";

    private final String id;
    private final Process process;
    private final BufferedWriter in;
    private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
    private final Deque<String> lastLines = new ConcurrentLinkedDeque<>();
    private final CountDownLatch debuggable = new CountDownLatch(1);
    private volatile int debugPort;

    private MemberJvm(String id, Process process) {
        this.id = id;
        this.process = process;
        this.in = process.outputWriter(StandardCharsets.UTF_8);
        // No virtual one: reading a pipe holds its carrier, and on few cores all of them are held.
        Thread.ofPlatform().daemon().start(this::listen);
    }

    /** Begins to start one; {@link #awaitReady} waits for it. */
    static MemberJvm start(
            String id, Path dir, List<RaftStoreConfig.Peer> peers, String... jvmOptions)
            throws IOException {
        List<String> command = MemberImage.command(jvmOptions);
        command.add(id);
        command.add(dir.resolve(id).toString());
        for (RaftStoreConfig.Peer peer : peers) {
            command.add(peer.id());
            command.add(String.valueOf(peer.port()));
            command.add(peer.voter() ? "voter" : "listener");
        }
        return new MemberJvm(id, new ProcessBuilder(command).redirectErrorStream(true).start());
    }

    private void listen() {
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                if (line.startsWith("> ")) {
                    answers.add(line.substring(2));
                } else if (line.startsWith(Trap.LISTENS)) {
                    debugPort = Integer.parseInt(line.substring(Trap.LISTENS.length()));
                    debuggable.countDown();
                } else {
                    LOG.info("{}: {}", id, line);
                    lastLines.add(line);
                    if (lastLines.size() > LAST_LINES) {
                        lastLines.remove();
                    }
                }
            }
        } catch (IOException ended) {
            // As at its end.
        }
        answers.add(GONE);
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public int debugPort() {
        try {
            if (!debuggable.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError(id + " listens to no debugger");
            }
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
        return debugPort;
    }

    MemberJvm awaitReady() {
        String answer = answer();
        if (!answer.equals("ready")) {
            throw new AssertionError(id + " did not start: " + answer + state());
        }
        return this;
    }

    /** For a test that fails: whether it runs, or how it ended, and what it logged last. */
    String state() {
        String state = process.isAlive() ? "runs" : "ended with " + process.exitValue();
        return "; it " + state + ":\n  " + String.join("\n  ", lastLines);
    }

    /** Asks and waits; {@link #GONE} if the process ends meanwhile. */
    String ask(String words) {
        say(words);
        return answer();
    }

    /** Asks without waiting, as one must who asks a process that is paused. */
    void say(String words) {
        try {
            in.write(words + "\n");
            in.flush();
        } catch (IOException ended) {
            // The answer will be that it is gone.
        }
    }

    String answer() {
        try {
            String answer = answers.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (answer == null) {
                throw new AssertionError(id + " did not answer" + state());
            }
            if (answer.equals(GONE)) {
                answers.add(GONE);
            }
            return answer;
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }

    /** kill -9. */
    void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    void pause() throws IOException {
        run("kill", "-STOP", pid());
    }

    void resume() throws IOException {
        run("kill", "-CONT", pid());
    }

    /** Its exit code, once it has ended by itself. */
    int awaitEnd() throws InterruptedException {
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError(id + " goes on");
        }
        return process.exitValue();
    }

    String pid() {
        return String.valueOf(process.pid());
    }

    /** Runs a program of the system to its end; answers whether all went well. */
    static boolean run(String... command) throws IOException {
        Process tool =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        return tool.onExit().join().exitValue() == 0;
    }

    @Override
    public void close() {
        kill();
    }
}
