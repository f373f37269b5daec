package io.miroir.raft;

import io.miroir.sqlite.Database;
import io.miroir.sqlite.Sql;
import io.miroir.trap.Trap;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@link RaftKills} of a leader that writes the file for a member that needs all. */
class RaftSnapshotKillTest extends RaftKills {
    /** The file is begun; up to {@link #WRITTEN} it is written. */
    private static final Trap.Place WRITING = new Trap.Place(Database.class, "copyTo");

    /** It is whole and not synced, and has a name that does not count. */
    private static final Trap.Place WRITTEN = new Trap.Place(Sql.class, "close");

    @Test
    void inTheMiddleOfASnapshot(@TempDir Path dir) throws Exception {
        kill(
                dir,
                KILLS / 4,
                (group, number) ->
                        inTheMiddleOfASnapshot(group, number % 2 == 0 ? WRITING : WRITTEN));
    }

    /** A leader writes the file as soon as a member comes that needs what its log lacks. */
    private String inTheMiddleOfASnapshot(MemberJvms group, Trap.Place place) throws IOException {
        String away = group.follower();
        group.kill(away);
        writeUntilPurged(group, away);
        List<MemberJvm> live = group.without(away);
        // Either may lead by then.
        try (Trap one = Trap.in(live.getFirst(), WRITING);
                Trap other = Trap.in(live.getLast(), WRITING)) {
            MemberJvm returning = group.begin(away);
            await("a leader that writes a file", () -> one.holds() || other.holds());
            Trap leading = one.holds() ? one : other;
            leading.letGoTo(WRITTEN);
            if (place.equals(WRITTEN)) {
                await(place.toString(), leading::holds);
            } else {
                pauseMillis(random.nextInt(10));
            }
            String leader = leading.target().id();
            MemberJvm through =
                    group.without(leader).stream()
                            .filter(member -> !member.id().equals(away))
                            .findFirst()
                            .orElseThrow();
            CompletableFuture<Void> writes =
                    beside(() -> group.write(through, WRITES_WHILE_AWAY, TASK_BYTES));
            group.kill(leader);
            MemberJvm back = group.begin(leader);
            returning.awaitReady();
            back.awaitReady();
            writes.join();
        }
        return place.toString();
    }
}
