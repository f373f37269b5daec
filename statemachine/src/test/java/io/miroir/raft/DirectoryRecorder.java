package io.miroir.raft;

import io.miroir.proto.store.Batch;
import io.miroir.proto.store.BatchOutcome;
import io.miroir.proto.store.Command;
import io.miroir.proto.store.Outcome;
import io.miroir.raft.link.ProposingPod;
import io.miroir.store.TaskStore;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.ratis.protocol.RaftClientReply;

/**
 * Leaves data directories of three pods as this program writes them, with rows in every table and
 * logs whose first entries are purged. The first pod was killed, the second was stopped, the third
 * lost power: its log has more than its database.
 */
final class DirectoryRecorder {
    private static final List<String> PODS = List.of("pod-0", "pod-1", "pod-2");
    private static final int TASKS = 60;

    /** Fewer entries than are kept below a snapshot. */
    private static final int WRITES_BEHIND = 15;

    private static final RaftStoreConfig.Tuning PURGING =
            new RaftStoreConfig.Tuning(300, 600, 50, 16 << 10);

    private static final List<String> DATABASE = List.of("store.db", "store.db-wal");
    private static final long PROPOSER = 77;

    private final Path dir;
    private long sequence;

    /**
     * @param dir for what is needed meanwhile
     */
    DirectoryRecorder(Path dir) {
        this.dir = dir;
    }

    void record(Path zip) throws Exception {
        Path pods = dir.resolve("pods");
        Path killed = dir.resolve("killed");
        Path behind = dir.resolve("behind");
        List<RaftStoreConfig.Peer> peers = Group.freePeers(PODS.toArray(String[]::new));
        try (Group group = new Group(pods, PURGING, 60_000, peers)) {
            group.startAll();
            RowsOfAllTables rows = new RowsOfAllTables(command -> propose(group, command), TASKS);
            rows.write();
            group.awaitEqual();
            copy(pods.resolve(PODS.get(2)), behind);
            for (int i = 0; i < WRITES_BEHIND; i++) {
                rows.writeOnce();
            }
            group.awaitEqual();
            refuseEmptyTables(group.pod(group.awaitLeader()));
            copy(pods.resolve(PODS.get(0)), killed);
        }
        delete(pods.resolve(PODS.get(0)));
        copy(killed, pods.resolve(PODS.get(0)));
        Path third = pods.resolve(PODS.get(2));
        Files.deleteIfExists(third.resolve("store.seal"));
        for (String file : DATABASE) {
            Files.deleteIfExists(third.resolve(file));
            if (Files.exists(behind.resolve(file))) {
                Files.copy(behind.resolve(file), third.resolve(file));
            }
        }
        pack(pods, zip);
    }

    /** A pack that is sent again keeps its number, so it takes effect once. */
    private Outcome propose(Group group, Command.Builder command) {
        Batch batch =
                Batch.newBuilder()
                        .setProposer(PROPOSER)
                        .setSequence(++sequence)
                        .addCommand(command)
                        .build();
        List<Outcome> outcome = new ArrayList<>();
        Group.await(
                "an answer to " + batch,
                () -> {
                    answer(group, batch).ifPresent(outcome::add);
                    return !outcome.isEmpty();
                });
        return outcome.getFirst();
    }

    /** Nothing from one that does not lead, or not yet. */
    private static Optional<Outcome> answer(Group group, Batch batch) {
        String leader = group.awaitLeader();
        RaftStoreConfig config = group.config(leader);
        try (ProposingPod pod =
                new ProposingPod(leader, config.self().member().raftAddress(), config.groupId())) {
            RaftClientReply reply = pod.propose(batch.toByteArray());
            return reply.isSuccess()
                    ? Optional.of(
                            BatchOutcome.parseFrom(
                                            reply.getMessage().getContent().asReadOnlyByteBuffer())
                                    .getOutcome(0))
                    : Optional.empty();
        } catch (Exception e) {
            throw new IllegalStateException(batch.toString(), e);
        }
    }

    /** Their rows would not be missed by whoever loses them. */
    private static void refuseEmptyTables(TaskStore store) {
        store.digests()
                .sha256ByTable()
                .forEach(
                        (table, digest) -> {
                            if (digest.startsWith("e3b0c44298fc")) {
                                throw new IllegalStateException(table + " is empty");
                            }
                        });
    }

    private static void pack(Path from, Path zip) throws IOException {
        try (OutputStream out = Files.newOutputStream(zip);
                ZipOutputStream files = new ZipOutputStream(out);
                Stream<Path> found = Files.walk(from)) {
            files.setLevel(Deflater.BEST_COMPRESSION);
            for (Path file : found.filter(Files::isRegularFile).sorted().toList()) {
                String name = from.relativize(file).toString();
                if (name.endsWith(".lock") || name.endsWith("-shm")) {
                    continue;
                }
                ZipEntry entry = new ZipEntry(name);
                entry.setTime(0);
                files.putNextEntry(entry);
                Files.copy(file, files);
                files.closeEntry();
            }
        }
    }

    private static void copy(Path from, Path to) {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.toList().reversed()) {
                Files.delete(file);
            }
        }
    }
}
