package io.miroir.store.engine;

import io.miroir.sqlite.CorruptRowException;
import io.miroir.sqlite.DatabaseClosedException;
import io.miroir.sqlite.SqliteException;
import java.io.UncheckedIOException;

/** Tells a command that fails everywhere from a pod that fails alone. */
final class Rejection {
    private Rejection() {}

    /**
     * Whether the same command makes every pod with the same tables and program throw the same:
     * then it may be rejected by all. A disk, a damaged file or an unknown format is this pod's own
     * trouble: it must stop.
     */
    static boolean sameOnEveryPod(RuntimeException e) {
        return switch (e) {
            case NewerFormatException _ -> false;
            case CorruptRowException _ -> false;
            case DatabaseClosedException _ -> false;
            case UncheckedIOException _ -> false;
            case SqliteException sqlite -> sqlite.ofTheData();
            default -> true;
        };
    }
}
