package io.miroir.cli;

import io.miroir.cli.backup.BackupDownload;
import io.miroir.cli.backup.BackupText;
import io.miroir.cli.backup.DamageOptions;
import io.miroir.cli.backup.PrivateFile;
import io.miroir.cluster.member.PodIdentity;
import io.miroir.raft.StoreCheck;
import io.miroir.sqlite.DatabaseFiles;
import io.miroir.sqlite.Durability;
import io.miroir.sqlite.SqliteException;
import io.miroir.store.backup.BackupFile;
import io.miroir.store.backup.DatabaseFigures;
import io.miroir.store.backup.Origin;
import io.miroir.store.backup.Reading;
import io.miroir.store.backup.Summary;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** `miroir backup`: the task store in one file. */
@Command(
        name = "backup",
        description = {
            "Writes the whole task store into one file, and verifies it.",
            "With --from it asks a running pod, any of them; nothing stops meanwhile, and all that"
                    + " was acknowledged on any pod is in it. With --data-dir it reads the"
                    + " directory of a pod that is stopped.",
            "The documents are on the nodes and not in it; secrets of the configuration neither."
        },
        footer = {
            "",
            "Example:",
            "  MIROIR_ADMIN_API_KEY=... miroir backup --from http://10.0.0.1:7700"
                    + " --to state.mbk",
            "  miroir backup verify state.mbk"
        },
        subcommands = BackupCommand.Verify.class,
        mixinStandardHelpOptions = true)
final class BackupCommand implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @ArgGroup private @Nullable Source source;

    @Option(
            names = "--to",
            paramLabel = "FILE",
            description = "the backup; must not exist. It appears when it is whole and verified")
    private @Nullable Path to;

    @Option(
            names = "--admin-key",
            paramLabel = "KEY",
            defaultValue = "${env:MIROIR_ADMIN_API_KEY}",
            description = "of the pod (better from MIROIR_ADMIN_API_KEY, which nobody sees)")
    private @Nullable String adminKey;

    @Mixin private DamageOptions damage = new DamageOptions();

    /** Where the state is. */
    static final class Source {
        @Option(
                names = "--from",
                paramLabel = "URL",
                description = "a pod's client port, for example http://10.0.0.1:7700")
        private @Nullable URI pod;

        @Option(
                names = "--data-dir",
                paramLabel = "DIR",
                description = "the data directory of a pod that is stopped")
        private @Nullable Path directory;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        // Not required by picocli's means: it would ask them of the subcommand as well.
        if (source == null || to == null) {
            throw new ParameterException(
                    spec.commandLine(), "Wanted are --to and one of --from and --data-dir");
        }
        return backup(source, to);
    }

    private int backup(Source from, Path file) throws IOException, InterruptedException {
        if (Files.exists(file)) {
            return refuse(file + " exists: a backup does not replace another");
        }
        Path part = file.resolveSibling(file.getFileName() + ".part");
        try {
            if (from.pod != null) {
                String key = adminKey == null ? "" : adminKey;
                new BackupDownload(from.pod, key, spec.commandLine().getErr()).to(part);
            } else if (from.directory != null) {
                offline(from.directory, part);
            }
            return verified(part, file);
        } catch (IOException | IllegalStateException failed) {
            Files.deleteIfExists(part);
            return refuse("no backup: " + failed.getMessage());
        } catch (SqliteException failed) {
            Files.deleteIfExists(part);
            return refuse(
                    "no backup: "
                            + failed.getMessage()
                            + ". Of pages that can't be read only `miroir cluster recover"
                            + " --from-survivor --accept-damage` makes something");
        }
    }

    /** A backup that can't be read back is none. */
    private int verified(Path part, Path file) throws IOException {
        return switch (Verify.read(part)) {
            case Reading.Sound sound -> {
                DatabaseFiles.sync(part);
                Files.move(part, file);
                spec.commandLine().getOut().println(file + ": " + BackupText.of(sound.summary()));
                spec.commandLine().getOut().flush();
                yield ExitCode.OK.code();
            }
            case Reading.Damaged damaged -> {
                Files.delete(part);
                yield refuse("no backup: " + damaged.reason());
            }
        };
    }

    private void offline(Path directory, Path part) throws IOException {
        if (!Files.exists(DatabaseFiles.file(directory))) {
            throw new IOException(directory + " holds no task store");
        }
        switch (DataDirectory.take(directory)) {
            case DataDirectory.Refused refused -> throw new IOException(refused.message());
            case DataDirectory.Held held -> {
                try (held) {
                    refuseDamaged(directory);
                    write(directory, part);
                }
            }
        }
    }

    /** A sound backup of damaged files would be believed. */
    private void refuseDamaged(Path directory) throws IOException {
        Optional<String> found = StoreCheck.damage(directory);
        if (found.isPresent() && !damage.accepted()) {
            throw new IOException(
                    found.get()
                            + ". Take it from another pod; with --accept-damage this one's is what"
                            + " can be read of damaged files");
        }
    }

    private static void write(Path directory, Path part) throws IOException {
        Path copy = directory.resolve("backup.tmp");
        Files.deleteIfExists(copy);
        try (OutputStream out = PrivateFile.create(part)) {
            new DatabaseFiles(directory, Durability.EVERY_COMMIT).copyTo(copy);
            boolean logged = Files.isDirectory(directory.resolve("raft"));
            Optional<PodIdentity> owner = PodIdentity.read(directory);
            Origin origin =
                    new Origin(
                            owner.map(own -> own.clusterId().toString()).orElse(""),
                            owner.map(PodIdentity::podId).orElse(""),
                            logged ? "raft" : "sqlite");
            BackupFile.write(copy, DatabaseFigures.of(copy, origin), out);
        } finally {
            Files.deleteIfExists(copy);
        }
    }

    private int refuse(String message) {
        spec.commandLine().getErr().println("miroir backup: " + message);
        return ExitCode.REFUSED.code();
    }

    /** `miroir backup verify`. */
    @Command(
            name = "verify",
            description = {
                "Reads a backup to its end: checksum, SQLite's structure, every table's rows and"
                        + " digest. Needs room for its database beside the file while it runs."
            },
            mixinStandardHelpOptions = true)
    static final class Verify implements Callable<Integer> {
        @Spec private CommandSpec spec = CommandSpec.create();

        @Parameters(paramLabel = "FILE", description = "the backup")
        private Path file = Path.of("");

        @Override
        public Integer call() throws IOException {
            if (!Files.isReadable(file)) {
                return refuse("cannot be read");
            }
            return switch (read(file)) {
                case Reading.Sound sound -> {
                    Summary summary = sound.summary();
                    spec.commandLine().getOut().println("sound: " + BackupText.of(summary));
                    BackupText.tables(summary, spec.commandLine().getOut());
                    yield ExitCode.OK.code();
                }
                case Reading.Damaged damaged -> refuse(damaged.reason());
            };
        }

        private int refuse(String reason) {
            spec.commandLine().getErr().println("not sound: " + file + ": " + reason);
            return ExitCode.REFUSED.code();
        }

        static Reading read(Path file) throws IOException {
            Path database = file.resolveSibling(file.getFileName() + ".verify");
            Files.deleteIfExists(database);
            try {
                return BackupFile.read(file, database);
            } finally {
                Files.deleteIfExists(database);
            }
        }
    }
}
