package io.miroir.cli;

import io.miroir.config.ConfigLoader;
import io.miroir.config.LoadOutcome;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Where a command takes its configuration from. */
final class ConfigOptions {
    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "YAML file; also MIROIR_CONFIG")
    private @Nullable Path option;

    @Parameters(arity = "0..1", paramLabel = "FILE", description = "the same without its option")
    private @Nullable Path parameter;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = {
                "sets one key, for example server.port=7701; wins over the environment",
                "(MIROIR__SERVER__PORT), which wins over the file. Not for secrets."
            })
    private Map<String, String> flags = new LinkedHashMap<>();

    LoadOutcome load() {
        return ConfigLoader.load(file(), System.getenv(), flags);
    }

    Map<String, String> flags() {
        return flags;
    }

    /** The file that is named by option, parameter or variable; null if none is. */
    @Nullable Path file() {
        if (option != null) {
            return option;
        }
        if (parameter != null) {
            return parameter;
        }
        String variable = System.getenv("MIROIR_CONFIG");
        return variable == null || variable.isEmpty() ? null : Path.of(variable);
    }

    /** Tells why a configuration is refused, one line a reason. */
    static int tell(LoadOutcome.Refused refused, PrintWriter err) {
        refused.warnings().forEach(warning -> err.println("warning: " + warning));
        refused.errors().forEach(error -> err.println("error: " + error));
        int count = refused.errors().size();
        err.println(
                "miroir: " + count + (count == 1 ? " error" : " errors") + " in the configuration");
        err.flush();
        return ExitCode.CONFIG.code();
    }
}
