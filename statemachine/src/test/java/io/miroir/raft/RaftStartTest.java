package io.miroir.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.store.Writes;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A member that can't start. */
class RaftStartTest {
    @Test
    void aMemberWhosePortIsTakenLeavesNothingOpenAndStartsOnceItIsFree(@TempDir Path dir)
            throws Exception {
        List<RaftStoreConfig.Peer> alone = Group.freePeers("pod-a");
        try (Group group = new Group(dir, RaftStoreConfig.Tuning.DEFAULT, 10_000, alone)) {
            try (ServerSocket taken =
                    new ServerSocket(
                            alone.getFirst().port(), 1, InetAddress.getLoopbackAddress())) {
                UncheckedIOException refused =
                        assertThrows(UncheckedIOException.class, () -> group.start("pod-a"));
                String message = String.valueOf(refused.getMessage());
                assertTrue(message.contains(":" + taken.getLocalPort()), message);
            }
            // In the same process: the lock of the log would be held by the server that failed.
            group.start("pod-a");
            group.awaitLeader();
            long epoch = Writes.claim(group.pod("pod-a"), "movies", "pod-a");
            assertEquals(0, Writes.write(group.pod("pod-a"), "movies", epoch));
        }
    }
}
