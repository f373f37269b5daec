package io.miroir.cluster.member;

import io.miroir.sqlite.DatabaseFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * Whose a data directory is, kept in it. A pod is its id and its data directory, never its address.
 *
 * @param podId the id that it was made under
 * @param clusterId of the cluster whose log it holds
 * @param incarnation names this data directory: an empty disk gets a new one
 * @param stage how far the pod has come into that cluster
 */
public record PodIdentity(String podId, UUID clusterId, UUID incarnation, Stage stage) {
    private static final String FILE = "identity";
    private static final Pattern TEXT =
            Pattern.compile(
                    """
                    miroir identity 1
                    pod (\\S+)
                    cluster (\\S+)
                    incarnation (\\S+)
                    stage ([A-Z]+)
                    crc (\\S+)
                    """);

    /** How far a pod has come. */
    public enum Stage {
        /** It has agreed with the other empty pods on a cluster, which has decided nothing yet. */
        FOUNDING,
        /** It has no vote and not all data: what it holds may be thrown away. */
        JOINING,
        /** What it has acknowledged is in its log: others rely on it. */
        MEMBER
    }

    PodIdentity at(Stage next) {
        return new PodIdentity(podId, clusterId, incarnation, next);
    }

    /**
     * Reads it; nothing if the directory has none.
     *
     * @throws StartRefusedException if the file is damaged
     */
    public static Optional<PodIdentity> read(Path dataDir) {
        Path file = dataDir.resolve(FILE);
        String text;
        try {
            if (!Files.exists(file)) {
                return Optional.empty();
            }
            text = Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
        Matcher parts = TEXT.matcher(text);
        if (!parts.matches() || !parts.group(5).equals(crc(text))) {
            throw new StartRefusedException(
                    file
                            + " is damaged: whose data this is can't be told. If the other pods of"
                            + " the cluster run, empty data_dir: this pod joins them anew");
        }
        return Optional.of(
                new PodIdentity(
                        parts.group(1),
                        UUID.fromString(parts.group(2)),
                        UUID.fromString(parts.group(3)),
                        Stage.valueOf(parts.group(4))));
    }

    /** On disk when this returns; a crash leaves the old file or the new one. */
    public void write(Path dataDir) {
        String text =
                "miroir identity 1\npod %s\ncluster %s\nincarnation %s\nstage %s\n"
                        .formatted(podId, clusterId, incarnation, stage);
        try {
            Files.createDirectories(dataDir);
            DatabaseFiles.write(dataDir.resolve(FILE), text + "crc " + crc(text) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the identity into " + dataDir, e);
        }
    }

    private static String crc(String text) {
        CRC32C crc = new CRC32C();
        int end = text.lastIndexOf("crc ");
        crc.update((end < 0 ? text : text.substring(0, end)).getBytes(StandardCharsets.UTF_8));
        return Long.toHexString(crc.getValue());
    }
}
