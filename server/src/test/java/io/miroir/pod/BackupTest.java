package io.miroir.pod;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.store.TaskStore;
import io.miroir.store.single.SqliteStoreConfig;
import io.miroir.store.single.SqliteTaskStore;
import io.miroir.store.task.NewTask;
import io.miroir.store.task.TaskType;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Backups by the command, from a running pod and from the directory of a stopped one. */
class BackupTest {
    @TempDir Path directory;

    @Test
    void aRunningPodAndItsDirectoryGiveTheSameTables() {
        Path online = directory.resolve("online.mbk");
        Path offline = directory.resolve("offline.mbk");
        Path data = directory.resolve("pod/data");
        try (TestNodes nodes = new TestNodes(directory, 1, 1)) {
            TestPod pod = new TestPod(directory.resolve("pod"), nodes.addresses(), 1, "");
            try (pod) {
                HttpCalls client = pod.client();
                client.awaitStatus("GET", "/_miroir/ready", 200);
                client.done("POST", "/indexes/movies/documents", "[{\"id\": 1}]");
                String url = pod.address().toString();
                Cli refused = backup("--from", url, "--admin-key", "wrong", online);
                assertEquals(6, refused.exit(), refused::toString);
                assertTrue(refused.err().contains("miroir_invalid_auth"), refused::toString);
                assertFalse(Files.exists(online));

                Cli taken = backup("--from", url, "--admin-key", TestPod.ADMIN_KEY, online);
                assertEquals(0, taken.exit(), taken::toString);
                assertTrue(taken.err().contains("100 %"), taken::toString);
                Cli again = backup("--from", url, "--admin-key", TestPod.ADMIN_KEY, online);
                assertEquals(6, again.exit(), "a backup replaced another");
            }
        }
        assertFalse(Files.exists(data.resolve("backup.tmp")));
        Cli taken = backup("--data-dir", data.toString(), "--admin-key", "", offline);
        assertEquals(0, taken.exit(), taken::toString);

        String one = verified(online);
        String other = verified(offline);
        for (String table : new String[] {"tasks ", "indexes ", "replica_state ", "lanes "}) {
            assertEquals(line(one, table), line(other, table));
        }
    }

    /** A sound backup of a damaged file would be believed by whoever restores it. */
    @Test
    void aDamagedDirectoryGivesABackupOnlyToWhoAcceptsThat() throws IOException {
        Path data = directory.resolve("data");
        String words = "one value only";
        try (TaskStore store =
                new SqliteTaskStore(
                        SqliteStoreConfig.of("pod-0", data),
                        InstantSource.system(),
                        new CollectorRegistry(),
                        _ -> {})) {
            String details = "{\"words\":\"" + words + "\"}";
            store.tasks()
                    .enqueue(NewTask.of(TaskType.DUMP_CREATION, null, details, null, null))
                    .orThrow();
        }
        Path database = data.resolve("store.db");
        byte[] bytes = Files.readAllBytes(database);
        bytes[new String(bytes, StandardCharsets.ISO_8859_1).indexOf(words)] ^= 1;
        Files.write(database, bytes);

        Path backup = directory.resolve("state.mbk");
        String[] asked = {"backup", "--data-dir", data.toString(), "--to", backup.toString()};
        Cli refused = Cli.run(asked);
        assertEquals(6, refused.exit(), refused::toString);
        assertTrue(refused.err().contains("bits changed"), refused::toString);
        assertFalse(Files.exists(backup));
        String[] accepting = Arrays.copyOf(asked, asked.length + 1);
        accepting[asked.length] = "--accept-damage";
        Cli taken = Cli.run(accepting);
        assertEquals(0, taken.exit(), taken::toString);

        // The same is told by the other commands.
        String[] pod = {"--data-dir", data.toString(), "--pod-id", "pod-0", "--raft", "a:1"};
        Cli look = Cli.run(with(pod, "cluster", "recover", "--dry-run"));
        assertEquals(0, look.exit(), look::toString);
        assertTrue(look.out().contains("Its files are damaged"), look::toString);
        Cli recovered = Cli.run(with(pod, "cluster", "recover", "--from-survivor"));
        assertEquals(6, recovered.exit(), recovered::toString);
        assertTrue(recovered.err().contains("restore a backup"), recovered::toString);
        assertEquals(6, Cli.run(with(pod, "store", "convert", "--to", "raft")).exit());
        Cli converted = Cli.run(with(pod, "store", "convert", "--to", "raft", "--accept-damage"));
        assertEquals(0, converted.exit(), converted::toString);
    }

    private static String[] with(String[] pod, String... command) {
        return Stream.concat(Arrays.stream(command), Arrays.stream(pod)).toArray(String[]::new);
    }

    private static Cli backup(String from, String where, String keyOption, String key, Path to) {
        return Cli.run("backup", from, where, keyOption, key, "--to", to.toString());
    }

    private static String verified(Path file) {
        Cli verified = Cli.run("backup", "verify", file.toString());
        assertEquals(0, verified.exit(), verified::toString);
        return verified.out();
    }

    private static String line(String text, String table) {
        return text.lines()
                .filter(line -> line.strip().startsWith(table))
                .findFirst()
                .orElseThrow();
    }
}
