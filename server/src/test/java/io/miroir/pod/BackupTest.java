package io.miroir.pod;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
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
