package io.miroir.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.miroir.store.Writes;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a leader knows that others have acknowledged, if it leads. */
class AcknowledgedTest {
    /** A leader without a majority takes itself for one for ten seconds. */
    private static final RaftStoreConfig.Tuning PATIENT_LEADER =
            new RaftStoreConfig.Tuning(1_000, 5_000, 10_000, 8 << 20);

    @Test
    void onlyALeaderThatAMajorityConfirmsTellsIt(@TempDir Path dir) throws Exception {
        try (Group group = new Group(dir, PATIENT_LEADER, 10_000)) {
            group.startAll();
            String leader = group.awaitLeader();
            long epoch = Writes.claim(group.pod(leader), "movies", "pod-x");
            for (int i = 0; i < 20; i++) {
                Writes.write(group.pod(leader), "movies", epoch);
            }
            Group.await(
                    "what the leader heard",
                    () ->
                            // On a busy machine it may be another one by now.
                            membership(group, group.awaitLeader())
                                    .acknowledged(group.follower(), 0)
                                    .filter(word -> word.index() > 20 && word.entryTerm() > 0)
                                    .isPresent());
            // A follower leads nobody.
            String follower = group.follower();
            assertEquals(Optional.empty(), membership(group, follower).acknowledged(leader, 0));

            // Whatever this pod takes itself for: nobody says that it leads still.
            String last = group.awaitLeader();
            for (String id : List.copyOf(group.pods().keySet())) {
                if (!id.equals(last)) {
                    group.stop(id);
                }
            }
            assertEquals(Optional.empty(), membership(group, last).acknowledged(follower, 0));
        }
    }

    private static Membership membership(Group group, String id) {
        return ((RaftTaskStore) group.pod(id)).membership();
    }
}
