package io.miroir.embedded.tasks;

import io.miroir.api.settings.Settings;
import io.miroir.embedded.store.IndexRow;
import java.time.Instant;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Makes new entries of the catalogue. */
public final class Catalogue {
    private final Supplier<String> directories;

    /**
     * A catalogue.
     *
     * @param directories makes a name of a directory that was not used before
     */
    public Catalogue(Supplier<String> directories) {
        this.directories = directories;
    }

    IndexRow newIndex(String uid, @Nullable String primaryKey, Instant now) {
        return new IndexRow(uid, directories.get(), primaryKey, Settings.defaults(), now, now);
    }
}
