package io.miroir.embedded.tasks;

import io.miroir.api.settings.Settings;
import io.miroir.embedded.store.IndexRow;
import java.time.Instant;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Makes new entries of the catalogue. For one thread. */
public final class Catalogue {
    private static final long NONE = -1;

    private final Supplier<String> directories;
    private long task = NONE;
    private String directory = "";

    /**
     * A catalogue.
     *
     * @param directories makes a name of a directory that was not used before
     */
    public Catalogue(Supplier<String> directories) {
        this.directories = directories;
    }

    /**
     * An index that a task makes; a task makes one at most. One that is begun again, as its end
     * could not be written, goes on in the directory that it has made.
     */
    IndexRow newIndex(long forTask, String uid, @Nullable String primaryKey, Instant now) {
        if (forTask != task) {
            directory = directories.get();
            task = forTask;
        }
        return new IndexRow(uid, directory, primaryKey, Settings.defaults(), now, now);
    }
}
