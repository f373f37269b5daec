package io.miroir.cli;

import io.miroir.Miroir;
import io.miroir.cluster.member.StartRefusedException;
import io.miroir.config.ConfigLoader;
import io.miroir.config.LoadOutcome;
import io.miroir.config.MiroirConfig;
import io.miroir.logging.Logging;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A process that is one pod, until it is told to stop.
 *
 * @param file the configuration file, or null for none
 * @param flags keys set on the command line
 * @param err where a start that fails says why
 */
record PodProcess(@Nullable Path file, Map<String, String> flags, PrintWriter err) {
    private static final Logger LOG = LoggerFactory.getLogger(PodProcess.class);

    /**
     * Reads {@code serve --config FILE [--set KEY=VALUE]...} by itself; anything else is picocli's.
     * That is compiled for Java 5, which no AOT cache takes: it would be a third of a pod's start.
     */
    static Optional<PodProcess> plainly(String[] arguments, PrintWriter err) {
        if (arguments.length % 2 == 0 || !arguments[0].equals("serve")) {
            return Optional.empty();
        }
        Path file = null;
        Map<String, String> flags = new LinkedHashMap<>();
        for (int i = 1; i < arguments.length; i += 2) {
            String value = arguments[i + 1];
            int equals = value.indexOf('=');
            if (arguments[i].equals("--config") && file == null) {
                file = Path.of(value);
            } else if (arguments[i].equals("--set") && equals > 0) {
                flags.put(value.substring(0, equals), value.substring(equals + 1));
            } else {
                return Optional.empty();
            }
        }
        return file == null ? Optional.empty() : Optional.of(new PodProcess(file, flags, err));
    }

    /** Runs the pod; answers only when it could not be started. */
    int run() throws InterruptedException {
        NameLookups.keepShortly();
        return switch (ConfigLoader.load(file, System.getenv(), flags)) {
            case LoadOutcome.Refused refused -> ConfigOptions.tell(refused, err);
            case LoadOutcome.Loaded loaded -> {
                Logging.apply(loaded.config().log());
                loaded.warnings().forEach(warning -> LOG.warn("configuration: {}", warning));
                yield takeAndServe(loaded.config());
            }
        };
    }

    private int takeAndServe(MiroirConfig config) throws InterruptedException {
        Optional<String> busy = BusyPorts.first(config);
        if (busy.isPresent()) {
            return refuse(ExitCode.PORT_IN_USE, busy.get());
        }
        return switch (DataDirectory.take(config.dataDir())) {
            case DataDirectory.Refused refused ->
                    refuse(ExitCode.DATA_DIRECTORY, refused.message());
            case DataDirectory.Held held -> serve(config, held);
        };
    }

    private int serve(MiroirConfig config, DataDirectory.Held directory)
            throws InterruptedException {
        Miroir pod;
        try {
            pod = Miroir.start(config, InstantSource.system(), new SecureRandom());
        } catch (IOException | RuntimeException failed) {
            Optional<String> busy = BusyPorts.first(config);
            return busy.isPresent()
                    ? refuse(ExitCode.PORT_IN_USE, busy.get())
                    : explain(config, failed);
        }
        Thread stop = Thread.ofPlatform().name("stop").unstarted(() -> stop(pod, directory));
        Runtime.getRuntime().addShutdownHook(stop);
        // A signal ends the process by way of the hook. A pod that can't go on is to be restarted
        // by whoever started it, unless it says that this would not help.
        return explain(config, pod.awaitFailure());
    }

    private static void stop(Miroir pod, DataDirectory.Held directory) {
        LOG.info("stopping");
        pod.close();
        try {
            directory.close();
        } catch (IOException e) {
            // The lock ends with the process.
            LOG.debug("the lock of the data directory", e);
        }
        LOG.info("stopped");
    }

    /** What could be foreseen is told in one line, the rest with all that is known. */
    private int explain(MiroirConfig config, Throwable failed) {
        for (Throwable cause = failed; cause != null; cause = cause.getCause()) {
            if (cause instanceof StartRefusedException refusal) {
                return refuse(ExitCode.IDENTITY, String.valueOf(refusal.getMessage()));
            }
            String message = String.valueOf(cause.getMessage());
            if (message.contains("No space left") || message.contains("SQLITE_FULL")) {
                return refuse(
                        ExitCode.DATA_DIRECTORY,
                        "the disk of data_dir " + config.dataDir() + " is full: " + message);
            }
        }
        LOG.error("the pod ends", failed);
        return refuse(ExitCode.FAILED, "the pod can't run: " + failed);
    }

    private int refuse(ExitCode code, String message) {
        err.println("miroir: " + message);
        err.flush();
        return code.code();
    }
}
