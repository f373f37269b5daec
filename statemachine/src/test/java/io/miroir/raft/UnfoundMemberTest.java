package io.miroir.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.miroir.store.Reply;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A member that nobody has found where it is known to be may be a copy of that member's disk: it
 * asks for no votes (rule 24).
 */
class UnfoundMemberTest {
    private static final RaftStoreConfig.Tuning QUICK =
            new RaftStoreConfig.Tuning(300, 600, 10_000, 8 << 20);

    @Test
    void whoWasNotFoundLeadsNobodyBeforeAMemberHasSentItSomething(@TempDir Path dir)
            throws Exception {
        AtomicBoolean found = new AtomicBoolean();
        try (Group group = new Group(dir, QUICK, 3_000)) {
            RaftTaskStore first = group.start("pod-a", found::get);
            group.start("pod-b", () -> false);
            group.start("pod-c", () -> false);
            // Time for five elections.
            assertInstanceOf(Reply.Refused.class, first.aliases().delete("nobody"));

            found.set(true);
            assertEquals("pod-a", group.awaitLeader());
            Group.await(
                    "a command",
                    () -> first.aliases().delete("nobody") instanceof Reply.Applied<?>);
            group.awaitEqual();
            // The leader has reached the others where they are known to be.
            group.stop("pod-a");
            RaftTaskStore next = (RaftTaskStore) group.pod(group.awaitLeader());
            Group.await(
                    "a command", () -> next.aliases().delete("nobody") instanceof Reply.Applied<?>);
        }
    }
}
