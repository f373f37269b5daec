package io.miroir.cluster.member;

import io.miroir.raft.RaftStoreConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/** Whose a data directory is, also where nothing was written down about it. */
public final class DataOwner {
    private DataOwner() {}

    /**
     * The directory of a pod that needs no others: refused if it is another's.
     *
     * @throws StartRefusedException if it was made under another pod id
     */
    public static void claimAlone(Path dataDir, String podId) {
        Optional<PodIdentity> found = PodIdentity.read(dataDir);
        found.ifPresent(identity -> check(identity, podId));
        if (found.isEmpty()) {
            new PodIdentity(podId, UUID.randomUUID(), UUID.randomUUID(), PodIdentity.Stage.MEMBER)
                    .write(dataDir);
        }
    }

    private static void check(PodIdentity identity, String podId) {
        if (!identity.podId().equals(podId)) {
            throw new StartRefusedException(
                    "data_dir is that of pod %s, the configuration says pod_id: %s"
                            .formatted(identity.podId(), podId));
        }
    }

    /** What the directory says, or what its log does: the first version wrote no identity. */
    static Optional<PodIdentity> of(Path dataDir, String podId) {
        Optional<PodIdentity> found = PodIdentity.read(dataDir);
        if (found.isPresent()) {
            return found.map(identity -> sinceItHasALog(dataDir, identity));
        }
        for (Path log : logs(dataDir)) {
            UUID cluster = UUID.fromString(log.getFileName().toString());
            if (cluster.equals(RaftStoreConfig.COMMON_CLUSTER)) {
                PodIdentity identity =
                        new PodIdentity(
                                podId, cluster, UUID.randomUUID(), PodIdentity.Stage.MEMBER);
                identity.write(dataDir);
                return Optional.of(identity);
            }
        }
        return Optional.empty();
    }

    /** It may have been stopped before it wrote down that its cluster has begun. */
    private static PodIdentity sinceItHasALog(Path dataDir, PodIdentity identity) {
        boolean began =
                identity.stage() == PodIdentity.Stage.FOUNDING
                        && logs(dataDir).stream()
                                .anyMatch(log -> log.endsWith(identity.clusterId().toString()));
        return began ? identity.at(PodIdentity.Stage.MEMBER) : identity;
    }

    private static List<Path> logs(Path dataDir) {
        Path raft = dataDir.resolve("raft");
        if (!Files.isDirectory(raft)) {
            return List.of();
        }
        try (Stream<Path> found = Files.list(raft)) {
            return found.filter(Files::isDirectory).toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + raft, e);
        }
    }
}
