package io.miroir.raft;

import io.miroir.sqlite.DatabaseFiles;
import io.miroir.trap.Trap;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.ratis.server.storage.SnapshotManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@link RaftKills} of a member that is sent the whole database. */
class RaftInstallKillTest extends RaftKills {
    private static final List<Trap.Place> PLACES =
            List.of(
                    // A part of the file is there, the next one has come.
                    new Trap.Place(SnapshotManager.class.getName(), "appendSnapshot", 2),
                    // All is there and nothing synced.
                    new Trap.Place(StoreStateMachine.class, "pause"),
                    // The log goes on from the file, which nobody has looked at.
                    new Trap.Place(StoreStateMachine.class, "reinitialize"),
                    // The file waits beside the database.
                    new Trap.Place(DatabaseFiles.class, "takePlace"),
                    // It is the database, and not open.
                    new Trap.Place(StoreStateMachine.class, "openInstalled"));

    @Test
    void inTheMiddleOfAnInstall(@TempDir Path dir) throws Exception {
        kill(
                dir,
                KILLS / 4,
                (group, number) ->
                        inTheMiddleOfAnInstall(group, PLACES.get(number % PLACES.size())));
    }

    private String inTheMiddleOfAnInstall(MemberJvms group, Trap.Place place) throws IOException {
        String victim = group.follower();
        group.kill(victim);
        writeUntilPurged(group, victim);
        try (Trap trap = Trap.in(group.begin(victim, Trap.AWAITED, PATIENT), place)) {
            await(place.toString(), trap::holds);
            group.kill(victim);
        }
        group.begin(victim).awaitReady();
        return place.toString();
    }
}
