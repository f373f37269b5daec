package io.miroir.cli.backup;

import io.miroir.cluster.member.PodIdentity;
import io.miroir.config.ConfigLoader;
import io.miroir.config.LoadOutcome;
import io.miroir.config.MiroirConfig;
import io.miroir.config.PeerAddress;
import io.miroir.config.TaskStoreConfig;
import io.miroir.config.bind.HostPort;
import io.miroir.raft.OfflineStore;
import io.miroir.raft.RaftStoreConfig;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which data directory an offline command works on, and as which pod. */
public final class OfflineOptions {
    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = {
                "the pod's configuration: data_dir, pod_id, peers and task_store.backend are read"
                        + " from it (with its secrets in the environment, as for serve)"
            })
    private @Nullable Path config;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description = "the data directory, where no configuration is given")
    private @Nullable Path dataDir;

    @Option(names = "--pod-id", paramLabel = "ID", description = "the pod that it is of")
    private @Nullable String podId;

    @Option(
            names = "--raft",
            paramLabel = "HOST:PORT",
            description = "where other pods reach its Raft port; without it, a single pod's store")
    private @Nullable String raft;

    @Option(
            names = "--peer",
            paramLabel = "HOST:PORT",
            description = "where other pods reach its peer port")
    private @Nullable String peer;

    /**
     * The directory and its pod.
     *
     * @param self how other pods reach it; null for a single pod's store
     */
    public record Target(Path dataDir, String podId, RaftStoreConfig.@Nullable Peer self) {
        /** The directory as offline commands see it; they write whose it is. */
        public OfflineStore store() {
            return new OfflineStore(dataDir, self, (_, cluster) -> identify(cluster));
        }

        /** Says in the directory whose it is. */
        public void identify(UUID cluster) {
            new PodIdentity(podId, cluster, UUID.randomUUID(), PodIdentity.Stage.MEMBER)
                    .write(dataDir);
        }
    }

    /**
     * What was given.
     *
     * @throws IllegalArgumentException if it is not enough, or wrong; the message says what
     */
    public Target target() {
        return config == null ? given() : configured(config);
    }

    private Target given() {
        if (dataDir == null || podId == null) {
            throw new IllegalArgumentException(
                    "wanted is --config FILE, or --data-dir DIR and --pod-id ID");
        }
        if (raft == null) {
            return new Target(dataDir, podId, null);
        }
        HostPort address = parsed("--raft", raft);
        String peerAddress = peer == null ? "" : parsed("--peer", peer).toString();
        return new Target(
                dataDir,
                podId,
                new RaftStoreConfig.Peer(podId, address.host(), address.port(), peerAddress, true));
    }

    private static HostPort parsed(String option, String text) {
        HostPort parsed = HostPort.parse(text);
        if (parsed == null) {
            throw new IllegalArgumentException(option + " " + text + " is not host:port");
        }
        return parsed;
    }

    private static Target configured(Path file) {
        return switch (ConfigLoader.load(file, System.getenv(), Map.of())) {
            case LoadOutcome.Refused refused ->
                    throw new IllegalArgumentException(
                            "the configuration is refused: " + refused.errors());
            case LoadOutcome.Loaded loaded -> of(loaded.config());
        };
    }

    /** What a configuration says. */
    public static Target of(MiroirConfig config) {
        if (config.taskStore().backend() == TaskStoreConfig.Backend.SQLITE) {
            return new Target(config.dataDir(), config.podId(), null);
        }
        Optional<PeerAddress> own =
                config.peers().stream().filter(p -> p.id().equals(config.podId())).findFirst();
        PeerAddress address =
                own.orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "peers of the configuration do not name its pod_id "
                                                + config.podId()));
        return new Target(
                config.dataDir(),
                config.podId(),
                new RaftStoreConfig.Peer(
                        config.podId(),
                        address.raft().host(),
                        address.raft().port(),
                        address.peer().toString(),
                        true));
    }
}
