package io.miroir.cli;

import io.miroir.cli.backup.OfflineOptions;
import io.miroir.raft.OfflineStore;
import io.miroir.sqlite.SqliteException;
import io.miroir.store.recovery.StateJump;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Runs an offline command under the directory's lock and tells what came of it.
 *
 * @param name of the command, for messages
 */
record OfflineRun(String name, PrintWriter out, PrintWriter err) {

    /** The change; IO that fails is told, not thrown further. */
    @FunctionalInterface
    interface Change {
        OfflineStore.Outcome apply(OfflineStore store) throws IOException;
    }

    /** Answers whether it was done. */
    boolean run(
            OfflineOptions.Target target,
            Change change,
            Function<OfflineStore.Outcome.Ready, String> next) {
        return switch (DataDirectory.take(target.dataDir())) {
            case DataDirectory.Refused refused -> refuse(refused.message());
            case DataDirectory.Held held -> {
                try (held) {
                    yield switch (change.apply(target.store())) {
                        case OfflineStore.Outcome.Refused refused -> refuse(refused.why());
                        case OfflineStore.Outcome.Ready ready -> done(ready, next.apply(ready));
                    };
                } catch (IOException | IllegalStateException | SqliteException failed) {
                    yield refuse(String.valueOf(failed.getMessage()));
                }
            }
        };
    }

    private boolean done(OfflineStore.Outcome.Ready ready, String next) {
        jump(ready.jump());
        for (String lost : ready.unread()) {
            out.printf("Damaged pages: %s; the rest is lost.%n", lost);
        }
        out.println(next);
        out.flush();
        return true;
    }

    private void jump(StateJump.@Nullable Made made) {
        if (made == null) {
            return;
        }
        out.printf(
                "Numbers of the time that this state does not know are not given again: the next"
                        + " task is %d, the next index m%d.%n",
                made.nextTaskUid(), made.nextIncarnation());
        out.printf(
                "%d replicas are unverified: they are read again once they have been compared."
                        + " %d admin sessions ended.%n",
                made.replicas(), made.adminSessions());
    }

    private boolean refuse(String why) {
        err.println("miroir " + name + ": " + why);
        err.flush();
        return false;
    }
}
