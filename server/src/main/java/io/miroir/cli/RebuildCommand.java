package io.miroir.cli;

import io.miroir.cli.backup.OfflineOptions;
import io.miroir.cli.rebuild.Rebuild;
import io.miroir.cli.rebuild.Said;
import io.miroir.config.LoadOutcome;
import io.miroir.config.MiroirConfig;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** `miroir cluster rebuild`: from nodes alone to a state that pods can go on from. */
@Command(
        name = "rebuild",
        description = {
            "When the state of every pod is gone and there is no backup: gathers from the nodes"
                    + " what they still know (indexes, names, primary keys, settings, which node"
                    + " holds which shards) and writes it into this pod's empty data directory.",
            "Tells what cannot return, and what it needs to be told. All nodes of the configuration"
                    + " must answer. Replicas are unverified until pods have compared them."
        },
        footer = {
            "",
            "Example:",
            "  miroir cluster rebuild --from-nodes --config miroir.yaml --dry-run",
            "  miroir cluster rebuild --from-nodes --config miroir.yaml --name m12=movies"
        },
        mixinStandardHelpOptions = true)
final class RebuildCommand implements Callable<Integer> {
    private static final Pattern PHYSICAL = Pattern.compile("m([0-9]{1,18})");

    @Spec private CommandSpec spec = CommandSpec.create();

    @Mixin private ConfigOptions options = new ConfigOptions();

    @Option(names = "--from-nodes", description = "says that no pod has any state left")
    private boolean fromNodes;

    @Option(names = "--dry-run", description = "only tells what nodes know and what is lost")
    private boolean dryRun;

    @Option(
            names = "--name",
            paramLabel = "mN=NAME",
            description = "what clients call an index whose name no node remembers, or another one")
    private Map<String, String> names = new LinkedHashMap<>();

    @Option(
            names = "--shards",
            paramLabel = "mN=COUNT",
            description = "into how many shards an index is cut, if its documents do not tell")
    private Map<String, Integer> shards = new LinkedHashMap<>();

    @Option(names = "--skip", paramLabel = "mN", description = "an index to leave out")
    private Set<String> skipped = new LinkedHashSet<>();

    @Override
    public Integer call() {
        PrintWriter err = spec.commandLine().getErr();
        if (!fromNodes && !dryRun) {
            err.println("miroir cluster rebuild: wanted is --from-nodes or --dry-run");
            return ExitCode.USAGE.code();
        }
        Said said = said();
        return switch (options.load()) {
            case LoadOutcome.Refused refused -> ConfigOptions.tell(refused, err);
            case LoadOutcome.Loaded loaded -> rebuild(loaded.config(), said);
        };
    }

    private int rebuild(MiroirConfig config, Said said) {
        PrintWriter out = spec.commandLine().getOut();
        Rebuild rebuild = Rebuild.ask(config);
        rebuild.tell(said, out);
        if (dryRun) {
            out.println("Dry run: nothing was written.");
            return ExitCode.OK.code();
        }
        OfflineOptions.Target target = OfflineOptions.of(config);
        boolean done =
                new OfflineRun("cluster rebuild", out, spec.commandLine().getErr())
                        .run(
                                target,
                                _ -> rebuild.write(said, target),
                                _ ->
                                        "Rebuilt into %s. Next: start %s, then the other pods with"
                                                        .formatted(target.dataDir(), target.podId())
                                                + " empty data directories.");
        return (done ? ExitCode.OK : ExitCode.REFUSED).code();
    }

    private Said said() {
        Map<Long, String> named = new LinkedHashMap<>();
        names.forEach((physical, name) -> named.put(incarnation(physical), name));
        Map<Long, Integer> cut = new LinkedHashMap<>();
        shards.forEach((physical, count) -> cut.put(incarnation(physical), count));
        Set<Long> without = new LinkedHashSet<>();
        skipped.forEach(physical -> without.add(incarnation(physical)));
        return new Said(named, cut, without);
    }

    private long incarnation(String physical) {
        Matcher matcher = PHYSICAL.matcher(physical);
        if (!matcher.matches()) {
            throw new ParameterException(
                    spec.commandLine(), physical + " is not the name of an index on nodes, as m12");
        }
        return Long.parseLong(matcher.group(1));
    }
}
