package io.miroir.edge;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.edge.http.Answer;
import io.miroir.edge.http.Request;
import io.miroir.edge.http.Router.Route;
import io.miroir.store.backup.OnlineBackup;
import io.miroir.store.backup.OnlineBackup.Taken;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/** {@code GET /_miroir/backup}: the whole task store as one file. */
final class BackupRoutes {
    private static final String TYPE = "application/octet-stream";

    private final Auth auth;
    private final OnlineBackup backups;

    BackupRoutes(Auth auth, OnlineBackup backups) {
        this.auth = auth;
        this.backups = backups;
    }

    List<Route> routes() {
        return List.of(new Route("GET", "/_miroir/backup", this::backup));
    }

    private Answer backup(Request request) throws IOException {
        auth.admin(request);
        return switch (backups.take()) {
            case Taken.Copy copy -> Answer.stream(200, TYPE, new Body(copy));
            case Taken.Busy _ ->
                    throw new ApiException(
                            ErrorCode.MIROIR_OVERLOADED,
                            "A backup of this pod is under way: ask again, or another pod.");
            case Taken.NoRoom room ->
                    throw new ApiException(
                            ErrorCode.MIROIR_OVERLOADED,
                            "The disk of this pod has %d MiB free, the copy needs %d MiB."
                                    .formatted(room.freeBytes() >> 20, room.neededBytes() >> 20));
        };
    }

    private record Body(Taken.Copy copy) implements Answer.Streamed {
        @Override
        public long bytes() {
            return copy.bytes();
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            copy.writeTo(out);
        }

        @Override
        public void close() throws IOException {
            copy.close();
        }
    }
}
