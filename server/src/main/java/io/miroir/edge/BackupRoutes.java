package io.miroir.edge;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.edge.http.Answer;
import io.miroir.edge.http.Request;
import io.miroir.edge.http.Router.Route;
import io.miroir.store.backup.BackupStream;
import io.miroir.store.backup.OnlineBackup.Taken;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/**
 * {@code GET /_miroir/backup}: the whole task store as one file; {@code GET /_miroir/dumps/{uid}}:
 * a dump, from whichever pod has it.
 */
final class BackupRoutes {
    private static final String TYPE = "application/octet-stream";

    private final Auth auth;
    private final Edge.Backups backups;

    BackupRoutes(Auth auth, Edge.Backups backups) {
        this.auth = auth;
        this.backups = backups;
    }

    List<Route> routes() {
        return List.of(
                new Route("GET", "/_miroir/backup", this::backup),
                new Route("GET", "/_miroir/dumps/{uid}", this::dump));
    }

    private Answer backup(Request request) throws IOException {
        auth.admin(request);
        return take();
    }

    private Answer dump(Request request) {
        auth.admin(request);
        String uid = request.path("uid");
        return backups.dumps()
                .apply(uid)
                .map(BackupRoutes::sent)
                .orElseThrow(
                        () ->
                                new ApiException(
                                        ErrorCode.DUMP_NOT_FOUND,
                                        "No pod that lives has a dump `" + uid + "`."));
    }

    /** From this pod, or through it from another. */
    Answer take() throws IOException {
        return switch (backups.own().take()) {
            case Taken.Copy copy -> sent(copy);
            case Taken.Busy _ -> ofAnother("A backup of this pod is under way: ask again.");
            case Taken.NoRoom room ->
                    ofAnother(
                            "The disk of this pod has %d MiB free, the copy needs %d MiB."
                                    .formatted(room.freeBytes() >> 20, room.neededBytes() >> 20));
        };
    }

    private Answer ofAnother(String why) {
        return backups.others()
                .get()
                .map(BackupRoutes::sent)
                .orElseThrow(
                        () ->
                                new ApiException(
                                        ErrorCode.MIROIR_OVERLOADED,
                                        why + " No other pod makes one now."));
    }

    private static Answer sent(BackupStream backup) {
        return Answer.stream(200, TYPE, new Body(backup));
    }

    private record Body(BackupStream backup) implements Answer.Streamed {
        @Override
        public long bytes() {
            return backup.bytes();
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            backup.writeTo(out);
        }

        @Override
        public void close() throws IOException {
            backup.close();
        }
    }
}
